package com.evolvishub.cdc.connectors.postgres.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether a destination type reads every value of a source type, written as text, as the
 * same value. Types that hold only some of the values are not compatible: the others would be
 * truncated, rounded or rejected in the middle of a load. Types are compared by meaning, not by
 * name.
 *
 * <p>Two pairs are accepted although some values change or are rejected, because users expect them
 * to work: json into jsonb, which keeps the last of duplicate keys, and dates into timestamps,
 * which end in the year 294276. Neither yields a wrong key value: see {@link KeyCompatibility}.
 */
final class TypeCompatibility {

    private static final Map<String, Integer> DIGITS_OF_INTEGERS =
            Map.of("smallint", 5, "integer", 10, "bigint", 19, "oid", 10);

    private static final Set<String> TIMES =
            Set.of(
                    "timestamp without time zone",
                    "timestamp with time zone",
                    "time without time zone",
                    "time with time zone");

    /** Units that limit an interval, the coarsest first. The last unit in the name counts. */
    private static final List<String> UNITS =
            List.of("year", "month", "day", "hour", "minute", "second");

    /** {@code format_type} of bit without a length, which is not bit(1). */
    private static final String ANY_BITS = "\"bit\"";

    private static final Map<String, Set<String>> WIDER =
            Map.ofEntries(
                    Map.entry(
                            "smallint",
                            Set.of("integer", "bigint", "numeric", "real", "double precision")),
                    Map.entry("integer", Set.of("bigint", "numeric", "double precision")),
                    Map.entry("bigint", Set.of("numeric")),
                    Map.entry("oid", Set.of("bigint", "numeric", "double precision")),
                    Map.entry("real", Set.of("double precision")),
                    Map.entry("character", Set.of("character varying")),
                    Map.entry(
                            "date",
                            Set.of("timestamp without time zone", "timestamp with time zone")),
                    Map.entry("bit", Set.of("bit varying", ANY_BITS)),
                    Map.entry("bit varying", Set.of(ANY_BITS)),
                    Map.entry(ANY_BITS, Set.of("bit varying")),
                    Map.entry("json", Set.of("jsonb")),
                    Map.entry("jsonb", Set.of("json")),
                    Map.entry("cidr", Set.of("inet")));

    private TypeCompatibility() {}

    /**
     * @param source a source column's type as {@code format_type} prints it
     * @param destination the destination column's type; for a domain its base type
     */
    static boolean fits(String source, String destination) {
        ParsedTypeName from = ParsedTypeName.of(source);
        ParsedTypeName to = ParsedTypeName.of(destination);
        if (from.equals(to)) {
            return true;
        }
        if (from.array() != to.array()) {
            return !to.array() && holdsAnyText(to);
        }
        if (holdsAnyText(to)) {
            return true;
        }
        if (from.base().startsWith("interval") && to.base().startsWith("interval")) {
            return fitsInterval(from, to);
        }
        return to.base().equals("numeric")
                ? fitsNumeric(from, to.modifiers())
                : fitsBase(from, to) || TextWidth.of(from).fits(to);
    }

    private static boolean holdsAnyText(ParsedTypeName type) {
        boolean varying = type.base().equals("character varying");
        boolean named = type.base().equals("text") || type.base().equals("bpchar");
        return type.isUnlimited() && (named || varying || type.isCitext());
    }

    private static boolean fitsBase(ParsedTypeName from, ParsedTypeName to) {
        boolean same = from.base().equals(to.base());
        if (!same && !WIDER.getOrDefault(from.base(), Set.of()).contains(to.base())) {
            return false;
        }
        if (to.isUnlimited()) {
            return true;
        }
        if (from.base().equals("date")) {
            return true;
        }
        if (same && from.base().equals("bit")) {
            return false;
        }
        return !from.isUnlimited()
                && (TIMES.contains(to.base()) || isOfText(to.base()))
                && from.modifiers().get(0) <= to.modifiers().get(0);
    }

    private static boolean isOfText(String base) {
        return Set.of("character", "character varying", "bit varying").contains(base);
    }

    private static boolean fitsInterval(ParsedTypeName from, ParsedTypeName to) {
        return unit(from) < unit(to)
                || (unit(from) == unit(to)
                        && (to.isUnlimited()
                                || (!from.isUnlimited()
                                        && from.modifiers().get(0) <= to.modifiers().get(0))));
    }

    private static int unit(ParsedTypeName interval) {
        String last = interval.base().substring(interval.base().lastIndexOf(' ') + 1);
        return last.equals("interval") ? UNITS.size() - 1 : UNITS.indexOf(last);
    }

    private static boolean fitsNumeric(ParsedTypeName from, List<Integer> to) {
        Integer digits = DIGITS_OF_INTEGERS.get(from.base());
        if (digits == null && !from.base().equals("numeric")) {
            return false;
        }
        if (to.isEmpty()) {
            return true;
        }
        int toScale = to.get(1);
        int toWhole = to.get(0) - toScale;
        if (digits != null) {
            return digits <= toWhole && toScale >= 0;
        }
        if (from.isUnlimited()) {
            return false;
        }
        int fromScale = from.modifiers().get(1);
        return fromScale <= toScale && from.modifiers().get(0) - fromScale <= toWhole;
    }
}
