package com.evolvishub.cdc.planner.spi;

import java.util.Objects;

/**
 * A user error in an endpoint block.
 *
 * @param key the key it is about, for example {@code table}
 * @param message what was found, and the remedy
 */
public record EndpointProblem(String key, String message) {
    public EndpointProblem {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
    }
}
