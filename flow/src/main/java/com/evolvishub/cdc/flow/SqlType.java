package com.evolvishub.cdc.flow;

import java.io.Serializable;
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
 */
public record SqlType(int oid, String name, char kind, char category) implements Serializable {
    public SqlType {
        Objects.requireNonNull(name, "name");
    }
}
