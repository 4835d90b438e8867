package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.util.Objects;

/**
 * A value that must never be printed: it shows as stars in every log, plan, exception and UI.
 * {@link #reveal} is called only where a connection is opened.
 *
 * @param reveal the value itself; empty when none was given
 */
public record Secret(String reveal) implements Serializable {

    /** No secret given. */
    public static final Secret NONE = new Secret("");

    public Secret {
        Objects.requireNonNull(reveal, "reveal");
    }

    /** Whether there is nothing to hide. */
    public boolean isEmpty() {
        return reveal.isEmpty();
    }

    @Override
    public String toString() {
        return "****";
    }
}
