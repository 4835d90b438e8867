package com.evolvishub.cdc.connectors.postgres;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether every value of a source type, written as text, is read back as the same value by a
 * destination type. What only some values survive does not fit: the others would be cut, rounded or
 * refused in the middle of a load.
 */
final class TypeFit {

    private static final Map<String, Integer> DIGITS_OF_INTEGERS =
            Map.of("smallint", 5, "integer", 10, "bigint", 19);

    private static final Map<String, Set<String>> WIDER =
            Map.ofEntries(
                    Map.entry(
                            "smallint",
                            Set.of("integer", "bigint", "numeric", "real", "double precision")),
                    Map.entry("integer", Set.of("bigint", "numeric", "double precision")),
                    Map.entry("bigint", Set.of("numeric")),
                    Map.entry("numeric", Set.of("numeric")),
                    Map.entry("real", Set.of("double precision")),
                    Map.entry("character varying", Set.of("character varying")),
                    Map.entry("character", Set.of("character", "character varying")),
                    Map.entry(
                            "date",
                            Set.of("timestamp without time zone", "timestamp with time zone")),
                    Map.entry("timestamp without time zone", Set.of("timestamp without time zone")),
                    Map.entry("timestamp with time zone", Set.of("timestamp with time zone")),
                    Map.entry("time without time zone", Set.of("time without time zone")),
                    Map.entry("time with time zone", Set.of("time with time zone")),
                    Map.entry("interval", Set.of("interval")),
                    Map.entry("bit", Set.of("bit varying")),
                    Map.entry("bit varying", Set.of("bit varying")),
                    Map.entry("json", Set.of("jsonb")),
                    Map.entry("jsonb", Set.of("json")),
                    Map.entry("cidr", Set.of("inet")));

    private TypeFit() {}

    /**
     * @param source a source column's type as {@code format_type} prints it
     * @param destination the destination column's, of a domain the type below it
     */
    static boolean fits(String source, String destination) {
        if (source.equals(destination)) {
            return true;
        }
        TypeName from = TypeName.of(source);
        TypeName to = TypeName.of(destination);
        if (!to.array() && holdsAnyText(to)) {
            return true;
        }
        if (from.array() != to.array()) {
            return false;
        }
        if (from.array() && holdsAnyText(to)) {
            return true;
        }
        boolean sameBase = from.base().equals(to.base());
        if (!sameBase && !WIDER.getOrDefault(from.base(), Set.of()).contains(to.base())) {
            return false;
        }
        return to.isUnlimited() ? !isOneByDefault(to.base()) : fitsLimits(from, to);
    }

    private static boolean holdsAnyText(TypeName type) {
        return type.isUnlimited()
                && (Set.of("text", "character varying").contains(type.base())
                        || type.base().endsWith(".citext"));
    }

    /** Types whose name without a limit means a limit of 1. */
    private static boolean isOneByDefault(String base) {
        return Set.of("character", "bit").contains(base);
    }

    private static boolean fitsLimits(TypeName from, TypeName to) {
        if (to.base().equals("numeric")) {
            return fitsNumeric(from, to.modifiers());
        }
        if (!WIDER.containsKey(to.base()) || from.isUnlimited()) {
            return false;
        }
        return from.modifiers().get(0) <= to.modifiers().get(0);
    }

    private static boolean fitsNumeric(TypeName from, List<Integer> to) {
        int toScale = to.size() > 1 ? to.get(1) : 0;
        int toWhole = to.get(0) - toScale;
        Integer digits = DIGITS_OF_INTEGERS.get(from.base());
        if (digits != null) {
            return digits <= toWhole && toScale >= 0;
        }
        if (from.isUnlimited()) {
            return false;
        }
        int fromScale = from.modifiers().size() > 1 ? from.modifiers().get(1) : 0;
        return fromScale <= toScale && from.modifiers().get(0) - fromScale <= toWhole;
    }
}
