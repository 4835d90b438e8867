package com.evolvishub.cdc.planner.sql;

/**
 * The one way a name of the user's gets into SQL. Whatever the name holds, what comes out is one
 * identifier: a hostile name can do nothing but not exist.
 */
public final class SqlIdentifier {

    private SqlIdentifier() {}

    /**
     * The name as a quoted identifier; case, spaces, dots and quotes are kept.
     *
     * @throws IllegalArgumentException if the name is empty or holds a NUL, which no PostgreSQL
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
     * @param schema empty: the search path decides
     */
    public static String quote(String schema, String name) {
        return schema.isEmpty() ? quote(name) : quote(schema) + "." + quote(name);
    }
}
