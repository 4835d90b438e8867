package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.MappingState;
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
final class SourceCondition {

    private static final Logger LOG = LoggerFactory.getLogger(SourceCondition.class);

    private final String mapping;
    private final Gate gate;
    private final Clock clock;
    private Optional<Condition> trouble = Optional.empty();

    SourceCondition(String mapping, Gate gate, Clock clock) {
        this.mapping = mapping;
        this.gate = gate;
        this.clock = clock;
    }

    /** All is well, or is being tried. */
    void become(MappingState state) {
        Condition before = gate.status().source();
        boolean trying = state == MappingState.CATCHING_UP;
        gate.status()
                .source(
                        new Condition(
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
    void becomeIdle(Runnable handingOn) {
        Condition before = gate.status().source();
        Condition idle =
                new Condition(
                        MappingState.IDLE, since(before, MappingState.IDLE), "", Optional.empty());
        gate.status().source(idle);
        handingOn.run();
        if (!before.cause().isEmpty() && gate.status().source().equals(idle)) {
            LOG.info("{}: {} again", mapping, MappingState.IDLE.label());
        }
    }

    /** Something is wrong; looked at again at {@code nextTry}, if that is known. */
    void become(MappingState state, String cause, Optional<Instant> nextTry) {
        Condition before = gate.status().source();
        boolean old =
                !before.cause().isEmpty()
                        && trouble.filter(known -> known.state() == state).isPresent();
        Instant since = old ? trouble.get().since() : since(before, state);
        boolean told = old && trouble.get().cause().equals(cause);
        Condition now = new Condition(state, since, cause, nextTry);
        trouble = Optional.of(now);
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

    private Instant since(Condition before, MappingState state) {
        return before.state() == state ? before.since() : clock.instant();
    }
}
