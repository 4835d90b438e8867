package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the status of a pipeline's source and logs each change once, not once per attempt. A
 * problem ends with the next complete poll. Until then a new read keeps the cause, and the same
 * problem keeps its start time.
 */
final class SourceStatusReporter {

    private static final Logger LOG = LoggerFactory.getLogger(SourceStatusReporter.class);

    private final String mapping;
    private final BackpressureGate gate;
    private final Clock clock;
    private Optional<EndpointStatus> lastProblem = Optional.empty();

    SourceStatusReporter(String mapping, BackpressureGate gate, Clock clock) {
        this.mapping = mapping;
        this.gate = gate;
        this.clock = clock;
    }

    /** Reports a state without a problem, or a new attempt after one. */
    void report(MappingState state) {
        EndpointStatus before = gate.status().source();
        boolean retrying = state == MappingState.CATCHING_UP;
        gate.status()
                .source(
                        new EndpointStatus(
                                state,
                                since(before, state),
                                retrying ? before.cause() : "",
                                Optional.empty()));
        if (!retrying && !before.cause().isEmpty()) {
            LOG.info("{}: {} again", mapping, state.label());
        }
    }

    /**
     * Reports that a poll has finished without a problem so far.
     *
     * @param emitEnd emits the end of the poll: operators downstream may know more and overwrite
     *     the status
     */
    void reportIdle(Runnable emitEnd) {
        EndpointStatus before = gate.status().source();
        EndpointStatus idle =
                new EndpointStatus(
                        MappingState.IDLE, since(before, MappingState.IDLE), "", Optional.empty());
        gate.status().source(idle);
        emitEnd.run();
        if (!before.cause().isEmpty() && gate.status().source().equals(idle)) {
            LOG.info("{}: {} again", mapping, MappingState.IDLE.label());
        }
    }

    /** Reports a problem; {@code nextRetry} is the time of the next attempt, if known. */
    void report(MappingState state, String cause, Optional<Instant> nextRetry) {
        EndpointStatus before = gate.status().source();
        boolean ongoing =
                !before.cause().isEmpty()
                        && lastProblem.filter(known -> known.state() == state).isPresent();
        Instant since = ongoing ? lastProblem.get().since() : since(before, state);
        boolean alreadyLogged = ongoing && lastProblem.get().cause().equals(cause);
        EndpointStatus now = new EndpointStatus(state, since, cause, nextRetry);
        lastProblem = Optional.of(now);
        gate.status().source(now);
        if (!alreadyLogged) {
            LOG.warn(
                    "{}: {}: {}{}",
                    mapping,
                    state.label(),
                    cause,
                    nextRetry.map(when -> "; next try " + when).orElse(""));
        }
    }

    private Instant since(EndpointStatus before, MappingState state) {
        return before.state() == state ? before.since() : clock.instant();
    }
}
