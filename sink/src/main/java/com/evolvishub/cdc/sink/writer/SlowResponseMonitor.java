package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.queue.BackpressureController;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells that the destination does not answer while the I/O thread still waits for it: a client may
 * take minutes to give up. Thread-safe: the I/O thread asks, the task's thread looks.
 */
final class SlowResponseMonitor {

    private final DestinationStatusReporter condition;
    private final BackpressureController backpressure;
    private final Duration threshold;
    private final Clock clock;
    private Instant since;
    private String operation = "";

    SlowResponseMonitor(
            DestinationStatusReporter condition,
            BackpressureController keeper,
            Duration patience,
            Clock clock) {
        this.condition = condition;
        this.backpressure = keeper;
        this.threshold = patience;
        this.clock = clock;
    }

    /**
     * From here on the destination owes an answer.
     *
     * @param asked to what
     */
    synchronized void start(String asked) {
        since = clock.instant();
        operation = asked;
    }

    /** It has answered a part of it. */
    synchronized void progress() {
        if (since != null) {
            since = clock.instant();
        }
    }

    /**
     * It has answered, or the client has given up. What {@link #check} did is to be undone then.
     */
    synchronized void finish() {
        since = null;
    }

    /** The mapping waits for a destination that has owed its answer for too long. */
    synchronized void check() {
        if (since == null
                || since.plus(threshold).isAfter(clock.instant())
                || condition.isUnavailable()) {
            return;
        }
        backpressure.markUnavailable();
        condition.markUnavailable(
                MappingState.WAITING_FOR_DESTINATION,
                "no answer since %s to %s".formatted(since, operation),
                Optional.empty());
    }
}
