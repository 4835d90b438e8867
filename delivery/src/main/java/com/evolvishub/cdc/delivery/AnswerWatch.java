package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.MappingState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells that the destination does not answer while the I/O thread still waits for it: a client may
 * take minutes to give up. Thread-safe: the I/O thread asks, the task's thread looks.
 */
final class AnswerWatch {

    private final DestinationCondition condition;
    private final GateKeeper keeper;
    private final Duration patience;
    private final Clock clock;
    private Instant since;
    private String question = "";

    AnswerWatch(DestinationCondition condition, GateKeeper keeper, Duration patience, Clock clock) {
        this.condition = condition;
        this.keeper = keeper;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * From here on the destination owes an answer.
     *
     * @param asked to what
     */
    synchronized void asked(String asked) {
        since = clock.instant();
        question = asked;
    }

    /** It has answered a part of it. */
    synchronized void heard() {
        if (since != null) {
            since = clock.instant();
        }
    }

    /** It has answered, or the client has given up. What {@link #look} did is to be undone then. */
    synchronized void over() {
        since = null;
    }

    /** The mapping waits for a destination that has owed its answer for too long. */
    synchronized void look() {
        if (since == null
                || since.plus(patience).isAfter(clock.instant())
                || condition.isBroken()) {
            return;
        }
        keeper.away();
        condition.broken(
                MappingState.WAITING_FOR_DESTINATION,
                "no answer since %s to %s".formatted(since, question),
                Optional.empty());
    }
}
