package com.evolvishub.cdc.connectors.postgres.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parsed type name, as {@code format_type} prints it. Names with the same meaning are equal:
 * {@code timestamp(6)} is {@code timestamp}, {@code numeric(5,0)} is {@code numeric(5)}.
 *
 * @param base without modifiers and brackets, for example {@code timestamp with time zone}
 * @param modifiers the numbers in parentheses, for example 10 and 2; empty: unlimited
 * @param array whether it is an array
 */
record ParsedTypeName(String base, List<Integer> modifiers, boolean array) {

    /** Maximum fractional digits of a second; the default of a name without a number. */
    static final int MAX_SECOND_DIGITS = 6;

    private static final Pattern MODIFIERS = Pattern.compile("\\(([0-9]+(?:,-?[0-9]+)*)\\)");

    /** Default modifier of a name without a number. */
    private static final Map<String, Integer> DEFAULTS = Map.of("character", 1, "bit", 1);

    ParsedTypeName {
        modifiers = List.copyOf(modifiers);
    }

    static ParsedTypeName of(String printed) {
        boolean array = printed.endsWith("[]");
        String element = array ? printed.substring(0, printed.length() - 2) : printed;
        if (element.endsWith("\"")) {
            // a quoted name has no modifiers, even if it contains parentheses
            return new ParsedTypeName(element, List.of(), array);
        }
        Matcher matcher = MODIFIERS.matcher(element);
        List<Integer> modifiers = new ArrayList<>();
        String base = element;
        if (matcher.find()) {
            for (String modifier : matcher.group(1).split(",", -1)) {
                modifiers.add(Integer.valueOf(modifier));
            }
            base = element.substring(0, matcher.start()) + element.substring(matcher.end());
        }
        return new ParsedTypeName(base.strip(), normalize(base.strip(), modifiers), array);
    }

    private static List<Integer> normalize(String base, List<Integer> modifiers) {
        if (modifiers.isEmpty()) {
            return DEFAULTS.containsKey(base) ? List.of(DEFAULTS.get(base)) : modifiers;
        }
        if (hasSecondDigits(base) && modifiers.get(0) == MAX_SECOND_DIGITS) {
            return List.of();
        }
        return base.equals("numeric") && modifiers.size() == 1
                ? List.of(modifiers.get(0), 0)
                : modifiers;
    }

    /** Whether the modifier is the number of fractional digits of a second. */
    private static boolean hasSecondDigits(String base) {
        return base.startsWith("time") || base.startsWith("interval");
    }

    boolean isUnlimited() {
        return modifiers.isEmpty();
    }

    /** Whether the type compares text case-insensitively. */
    boolean isCitext() {
        return base.equals("citext") || base.endsWith(".citext");
    }
}
