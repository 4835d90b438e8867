package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.queue.BackpressureController;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reports that the destination does not respond while the I/O thread still waits for it: a client
 * may take minutes to time out. Thread-safe: the I/O thread starts and finishes requests, the
 * task's thread checks.
 */
final class SlowResponseMonitor {

    private final DestinationStatusReporter statusReporter;
    private final BackpressureController backpressure;
    private final Duration threshold;
    private final Clock clock;
    private Instant since;
    private String operation = "";

    SlowResponseMonitor(
            DestinationStatusReporter statusReporter,
            BackpressureController backpressure,
            Duration threshold,
            Clock clock) {
        this.statusReporter = statusReporter;
        this.backpressure = backpressure;
        this.threshold = threshold;
        this.clock = clock;
    }

    /**
     * A request was sent.
     *
     * @param request description of the request
     */
    synchronized void start(String request) {
        since = clock.instant();
        operation = request;
    }

    /** Part of the response was received. */
    synchronized void progress() {
        if (since != null) {
            since = clock.instant();
        }
    }

    /**
     * The response was received, or the client has timed out. The caller then resets the state that
     * {@link #check} has set.
     */
    synchronized void finish() {
        since = null;
    }

    /** Sets the mapping to waiting if the response has taken too long. */
    synchronized void check() {
        if (since == null
                || since.plus(threshold).isAfter(clock.instant())
                || statusReporter.isUnavailable()) {
            return;
        }
        backpressure.markUnavailable();
        statusReporter.markUnavailable(
                MappingState.WAITING_FOR_DESTINATION,
                "no answer since %s to %s".formatted(since, operation),
                Optional.empty());
    }
}
