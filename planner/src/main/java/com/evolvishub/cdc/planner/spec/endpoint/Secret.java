package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.util.Objects;

/**
 * A value that must never be printed: logs, plans, exceptions and user interfaces show stars.
 * {@link #reveal} is called only to open a connection.
 *
 * @param reveal the value itself; empty when none was given
 */
public record Secret(String reveal) implements Serializable {

    /** No secret given. */
    public static final Secret NONE = new Secret("");

    public Secret {
        Objects.requireNonNull(reveal, "reveal");
    }

    /** Whether there is no secret. */
    public boolean isEmpty() {
        return reveal.isEmpty();
    }

    @Override
    public String toString() {
        return "****";
    }
}
