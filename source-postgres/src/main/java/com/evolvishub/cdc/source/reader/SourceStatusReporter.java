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
 * Tells how the source's end of a lane is, and logs each change of it once, not once a try. A
 * trouble is over when a poll has come to its end: a read that is begun after it carries its cause
 * on, and the same trouble met again is the old one, with the time it began.
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

    /** All is well, or is being tried. */
    void report(MappingState state) {
        EndpointStatus before = gate.status().source();
        boolean trying = state == MappingState.CATCHING_UP;
        gate.status()
                .source(
                        new EndpointStatus(
                                state,
                                since(before, state),
                                trying ? before.cause() : "",
                                Optional.empty()));
        if (!trying && !before.cause().isEmpty()) {
            LOG.info("{}: {} again", mapping, state.label());
        }
    }

    /**
     * A poll has come to its end, and nothing was found wrong so far.
     *
     * @param handingOn hands the end on: what stands behind may know more, and has the last word
     */
    void reportIdle(Runnable handingOn) {
        EndpointStatus before = gate.status().source();
        EndpointStatus idle =
                new EndpointStatus(
                        MappingState.IDLE, since(before, MappingState.IDLE), "", Optional.empty());
        gate.status().source(idle);
        handingOn.run();
        if (!before.cause().isEmpty() && gate.status().source().equals(idle)) {
            LOG.info("{}: {} again", mapping, MappingState.IDLE.label());
        }
    }

    /** Something is wrong; looked at again at {@code nextTry}, if that is known. */
    void report(MappingState state, String cause, Optional<Instant> nextTry) {
        EndpointStatus before = gate.status().source();
        boolean old =
                !before.cause().isEmpty()
                        && lastProblem.filter(known -> known.state() == state).isPresent();
        Instant since = old ? lastProblem.get().since() : since(before, state);
        boolean told = old && lastProblem.get().cause().equals(cause);
        EndpointStatus now = new EndpointStatus(state, since, cause, nextTry);
        lastProblem = Optional.of(now);
        gate.status().source(now);
        if (!told) {
            LOG.warn(
                    "{}: {}: {}{}",
                    mapping,
                    state.label(),
                    cause,
                    nextTry.map(when -> "; next try " + when).orElse(""));
        }
    }

    private Instant since(EndpointStatus before, MappingState state) {
        return before.state() == state ? before.since() : clock.instant();
    }
}
