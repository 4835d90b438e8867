package com.evolvishub.cdc.runtime.pipeline;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The status of one end of a pipeline.
 *
 * @param state its state
 * @param since when it entered the state
 * @param cause human-readable reason, without secrets; empty: no error
 * @param nextRetry time of the next retry, if known
 */
public record EndpointStatus(
        MappingState state, Instant since, String cause, Optional<Instant> nextRetry) {

    public EndpointStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(nextRetry, "nextTry");
    }

    /** A status without a cause. */
    public static EndpointStatus of(MappingState state, Instant since) {
        return new EndpointStatus(state, since, "", Optional.empty());
    }
}
