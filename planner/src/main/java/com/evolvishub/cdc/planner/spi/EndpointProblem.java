package com.evolvishub.cdc.planner.spi;

import java.util.Objects;

/**
 * A mistake in an endpoint block.
 *
 * @param key the key it is about, for example {@code table}
 * @param message what was found and what would do
 */
public record EndpointProblem(String key, String message) {
    public EndpointProblem {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(message, "message");
    }
}
