package com.evolvishub.cdc.connectors.postgres.schema;

import java.util.Map;

/**
 * The length of the text of a type's values, in characters.
 *
 * @param most the maximum; 0: unknown
 * @param fixed whether all values have that length
 */
record TextWidth(int most, boolean fixed) {

    private static final TextWidth UNKNOWN = new TextWidth(0, false);

    private static final Map<String, TextWidth> OF_TYPES =
            Map.ofEntries(
                    Map.entry("boolean", new TextWidth(1, true)),
                    Map.entry("smallint", new TextWidth(6, false)),
                    Map.entry("integer", new TextWidth(11, false)),
                    Map.entry("bigint", new TextWidth(20, false)),
                    Map.entry("oid", new TextWidth(10, false)),
                    Map.entry("uuid", new TextWidth(36, true)),
                    Map.entry("macaddr", new TextWidth(17, true)),
                    Map.entry("macaddr8", new TextWidth(23, true)));

    static TextWidth of(ParsedTypeName type) {
        if (type.array()) {
            return UNKNOWN;
        }
        if (type.base().equals("bit") || type.base().equals("bit varying")) {
            return type.isUnlimited()
                    ? UNKNOWN
                    : new TextWidth(type.modifiers().get(0), type.base().equals("bit"));
        }
        if (type.base().equals("numeric") && !type.isUnlimited()) {
            return ofNumeric(type.modifiers().get(0), type.modifiers().get(1));
        }
        return OF_TYPES.getOrDefault(type.base(), UNKNOWN);
    }

    /** Sign, digits, decimal point and a leading zero; {@code NaN} has three characters. */
    private static TextWidth ofNumeric(int precision, int scale) {
        int whole = Math.max(1, precision - scale);
        int width = 1 + whole + (scale > 0 ? 1 + scale : 0);
        return new TextWidth(Math.max(3, width), false);
    }

    /**
     * Whether a text type holds every value unchanged. A padding type must have exactly that
     * length.
     */
    boolean fits(ParsedTypeName to) {
        if (most == 0 || to.array() || to.isUnlimited()) {
            return false;
        }
        int limit = to.modifiers().get(0);
        return to.base().equals("character varying")
                ? most <= limit
                : to.base().equals("character") && fixed && most == limit;
    }
}
