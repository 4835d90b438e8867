package com.evolvishub.cdc.runtime.pipeline;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How one end of a lane is.
 *
 * @param state its state
 * @param since when it came into it
 * @param cause why, for people, without secrets; empty when all is well
 * @param nextTry when it is tried again, if that is known
 */
public record EndpointStatus(
        MappingState state, Instant since, String cause, Optional<Instant> nextRetry) {

    public EndpointStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(nextRetry, "nextTry");
    }

    /** A condition that needs no explanation. */
    public static EndpointStatus of(MappingState state, Instant since) {
        return new EndpointStatus(state, since, "", Optional.empty());
    }
}
