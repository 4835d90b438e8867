package com.evolvishub.cdc.connectors.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A type's name as {@code format_type} prints it, taken apart.
 *
 * @param base without modifiers and brackets, for example {@code timestamp with time zone}
 * @param modifiers the numbers in parentheses, for example 10 and 2; empty: unlimited
 * @param array whether it is an array
 */
record TypeName(String base, List<Integer> modifiers, boolean array) {

    private static final Pattern MODIFIERS = Pattern.compile("\\(([0-9]+(?:,-?[0-9]+)*)\\)");

    TypeName {
        modifiers = List.copyOf(modifiers);
    }

    static TypeName of(String printed) {
        boolean array = printed.endsWith("[]");
        String element = array ? printed.substring(0, printed.length() - 2) : printed;
        if (element.endsWith("\"")) {
            // a quoted name has no modifiers, whatever stands in it
            return new TypeName(element, List.of(), array);
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
        return new TypeName(base.strip(), modifiers, array);
    }

    boolean isUnlimited() {
        return modifiers.isEmpty();
    }
}
