package com.evolvishub.cdc.source.session;

import java.util.Objects;

/**
 * How a database is asked for its time.
 *
 * @param expression SQL of a {@code timestamptz}, schema-qualified: a search path may put a {@code
 *     now()} of its own in front of the server's
 */
public record DatabaseClock(String expression) {

    /** The server's own: the moment the transaction began. */
    public static final DatabaseClock SERVER = new DatabaseClock("pg_catalog.now()");

    public DatabaseClock {
        Objects.requireNonNull(expression, "expression");
    }
}
