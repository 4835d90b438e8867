package com.evolvishub.cdc.planner.sql;

/**
 * Quotes values for SQL text; no other code does. COPY has no bind parameters, so values from a
 * database or a file are written as literals.
 */
public final class SqlLiteral {

    private SqlLiteral() {}

    /**
     * The value as a string literal, as the server's {@code quote_literal} writes it: in escape
     * syntax if it contains a backslash, so that {@code standard_conforming_strings} does not
     * matter.
     *
     * @throws IllegalArgumentException if the value contains a NUL, which no PostgreSQL text does
     */
    public static String quote(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text literal cannot hold a NUL character");
        }
        String quoted = "'" + value.replace("'", "''") + "'";
        return value.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }
}
