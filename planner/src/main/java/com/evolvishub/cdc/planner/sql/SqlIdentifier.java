package com.evolvishub.cdc.planner.sql;

/**
 * Quotes user-supplied names for SQL; no other code does. The result is always one identifier, so a
 * malicious name can only fail to exist.
 */
public final class SqlIdentifier {

    private SqlIdentifier() {}

    /**
     * The name as a quoted identifier; case, spaces, dots and quotes are kept.
     *
     * @throws IllegalArgumentException if the name is empty or contains a NUL, which no PostgreSQL
     *     name does
     */
    public static String quote(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an empty text is no name");
        }
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name cannot hold a NUL character");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * A name in a schema.
     *
     * @param schema empty: by the search path
     */
    public static String quote(String schema, String name) {
        return schema.isEmpty() ? quote(name) : quote(schema) + "." + quote(name);
    }
}
