package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how the destination's end of a lane is, and logs each change of it once: however often it
 * is tried again, the log has one line when it breaks and one when it is mended. Thread-safe.
 */
final class DestinationCondition {

    private static final Logger LOG = LoggerFactory.getLogger(DestinationCondition.class);

    private final String mapping;
    private final LaneStatus status;
    private final Clock clock;
    private boolean broken;

    DestinationCondition(String mapping, LaneStatus status, Clock clock) {
        this.mapping = mapping;
        this.status = status;
        this.clock = clock;
    }

    /** Whether the last thing that was tried failed. */
    synchronized boolean isBroken() {
        return broken;
    }

    /** Something worked, whatever was before. */
    synchronized void well(MappingState state) {
        if (broken) {
            LOG.info("{}: the destination is well again", mapping);
            broken = false;
        }
        show(state);
    }

    /** What is going on, unless something is wrong, which is the more important news. */
    synchronized void show(MappingState state) {
        if (!broken && status.destination().state() != state) {
            status.destination(Condition.of(state, clock.instant()));
        }
    }

    /** A try failed; the next is at {@code nextTry}, if there is one. */
    synchronized void broken(MappingState state, String cause, Optional<Instant> nextTry) {
        Condition before = status.destination();
        boolean same = broken && before.state() == state;
        Instant since = same ? before.since() : clock.instant();
        status.destination(new Condition(state, since, cause, nextTry));
        if (!same || !before.cause().equals(cause)) {
            LOG.warn(
                    "{}: {}: {}{}",
                    mapping,
                    state.label(),
                    cause,
                    nextTry.map(when -> "; next try " + when).orElse(""));
        }
        broken = true;
    }
}
