package com.evolvishub.cdc.planner.sql;

/**
 * The one way a value gets into SQL text. COPY takes no bind parameters, so values that were read
 * from a database or a file are written out as literals.
 */
public final class SqlLiteral {

    private SqlLiteral() {}

    /**
     * The value as a string literal, in the very form of the server's {@code quote_literal}: the
     * escape form where there is a backslash, so that it means the same whatever {@code
     * standard_conforming_strings} says.
     *
     * @throws IllegalArgumentException if the value holds a NUL, which no PostgreSQL text does
     */
    public static String quote(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text literal cannot hold a NUL character");
        }
        String quoted = "'" + value.replace("'", "''") + "'";
        return value.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }
}
