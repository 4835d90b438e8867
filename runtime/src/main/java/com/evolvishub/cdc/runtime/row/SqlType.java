package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A column's type, as the source's catalog tells it.
 *
 * @param oid {@code pg_type.oid} at the source; stable for built-in types only
 * @param name as {@code format_type} prints it with the search path empty, for example {@code
 *     numeric(10,2)} or {@code app.mood}: what a CREATE TABLE takes
 * @param kind {@code pg_type.typtype}: b base, c composite, d domain, e enum, r range, m multirange
 * @param category {@code pg_type.typcategory}: A array, B boolean, D date/time, N numeric, S string
 *     …
 * @param base of a domain the type below all domains, printed like {@code name}; else the name
 * @param definitions what has to be there before the type is, the type itself last; empty: it is
 *     built in, or nobody can tell
 */
public record SqlType(
        int oid,
        String name,
        char kind,
        char category,
        String base,
        List<TypeDefinition> definitions)
        implements Serializable {
    public SqlType {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(base, "base");
        definitions = List.copyOf(definitions);
    }

    /** A type that needs nothing to be there. */
    public SqlType(int oid, String name, char kind, char category) {
        this(oid, name, kind, category, name, List.of());
    }
}
