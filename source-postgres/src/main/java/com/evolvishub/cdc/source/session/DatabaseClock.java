package com.evolvishub.cdc.source.session;

import java.util.Objects;

/**
 * The expression that returns a database's time.
 *
 * @param expression SQL of a {@code timestamptz}, schema-qualified: a search path may contain
 *     another {@code now()} before the server's
 */
public record DatabaseClock(String expression) {

    /** The server's own clock: the start time of the transaction. */
    public static final DatabaseClock SERVER = new DatabaseClock("pg_catalog.now()");

    public DatabaseClock {
        Objects.requireNonNull(expression, "expression");
    }
}
