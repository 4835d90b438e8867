package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A column's type, as described by the source's catalog.
 *
 * @param oid {@code pg_type.oid} at the source; stable for built-in types only
 * @param name as {@code format_type} prints it with the search path empty, for example {@code
 *     numeric(10,2)} or {@code app.mood}: valid in a CREATE TABLE
 * @param kind {@code pg_type.typtype}: b base, c composite, d domain, e enum, r range, m multirange
 * @param category {@code pg_type.typcategory}: A array, B boolean, D date/time, N numeric, S string
 *     …
 * @param base for a domain the type below all domains, printed like {@code name}; otherwise the
 *     name
 * @param definitions the definitions the type depends on, the type itself last; empty: built in or
 *     not known
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

    /** A type without definitions. */
    public SqlType(int oid, String name, char kind, char category) {
        this(oid, name, kind, category, name, List.of());
    }
}
