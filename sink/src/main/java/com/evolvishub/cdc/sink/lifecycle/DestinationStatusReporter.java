package com.evolvishub.cdc.sink.lifecycle;

import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the status of a pipeline's destination and logs each change once: one line when it fails
 * and one when it recovers, however many retries are between them. Thread-safe.
 */
public final class DestinationStatusReporter {

    private static final Logger LOG = LoggerFactory.getLogger(DestinationStatusReporter.class);

    private final String mapping;
    private final PipelineStatus status;
    private final Clock clock;
    private boolean unavailable;

    public DestinationStatusReporter(String mapping, PipelineStatus status, Clock clock) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
    }

    /** Whether the last request failed. */
    public synchronized boolean isUnavailable() {
        return unavailable;
    }

    /** A request succeeded: clears a failure and reports the state. */
    public synchronized void markHealthy(MappingState state) {
        if (unavailable) {
            LOG.info("{}: the destination is well again", mapping);
            unavailable = false;
        }
        report(state);
    }

    /** Reports a state, unless a failure is reported: that has precedence. */
    public synchronized void report(MappingState state) {
        if (!unavailable && status.destination().state() != state) {
            status.destination(EndpointStatus.of(state, clock.instant()));
        }
    }

    /** A request failed; the next retry is at {@code nextRetry}, if there is one. */
    public synchronized void markUnavailable(
            MappingState state, String cause, Optional<Instant> nextRetry) {
        EndpointStatus before = status.destination();
        boolean same = unavailable && before.state() == state;
        Instant since = same ? before.since() : clock.instant();
        status.destination(new EndpointStatus(state, since, cause, nextRetry));
        if (!same || !before.cause().equals(cause)) {
            LOG.warn(
                    "{}: {}: {}{}",
                    mapping,
                    state.label(),
                    cause,
                    nextRetry.map(when -> "; next try " + when).orElse(""));
        }
        unavailable = true;
    }
}
