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
 * Tells how the destination's end of a lane is, and logs each change of it once: however often it
 * is tried again, the log has one line when it breaks and one when it is mended. Thread-safe.
 */
public final class DestinationStatusReporter {

    private static final Logger LOG = LoggerFactory.getLogger(DestinationStatusReporter.class);

    private final String mapping;
    private final PipelineStatus status;
    private final Clock clock;
    private boolean markUnavailable;

    public DestinationStatusReporter(String mapping, PipelineStatus status, Clock clock) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
    }

    /** Whether the last thing that was tried failed. */
    public synchronized boolean isUnavailable() {
        return markUnavailable;
    }

    /** Something worked, whatever was before. */
    public synchronized void markHealthy(MappingState state) {
        if (markUnavailable) {
            LOG.info("{}: the destination is well again", mapping);
            markUnavailable = false;
        }
        report(state);
    }

    /** What is going on, unless something is wrong, which is the more important news. */
    public synchronized void report(MappingState state) {
        if (!markUnavailable && status.destination().state() != state) {
            status.destination(EndpointStatus.of(state, clock.instant()));
        }
    }

    /** A try failed; the next is at {@code nextTry}, if there is one. */
    public synchronized void markUnavailable(
            MappingState state, String cause, Optional<Instant> nextTry) {
        EndpointStatus before = status.destination();
        boolean same = markUnavailable && before.state() == state;
        Instant since = same ? before.since() : clock.instant();
        status.destination(new EndpointStatus(state, since, cause, nextTry));
        if (!same || !before.cause().equals(cause)) {
            LOG.warn(
                    "{}: {}: {}{}",
                    mapping,
                    state.label(),
                    cause,
                    nextTry.map(when -> "; next try " + when).orElse(""));
        }
        markUnavailable = true;
    }
}
