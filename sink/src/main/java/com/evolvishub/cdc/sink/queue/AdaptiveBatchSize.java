package com.evolvishub.cdc.sink.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How many rows go into one batch: few at first, twice as many while the destination is quick, and
 * fewer once a batch was not done within the client's time-out. A size that timed out is not tried
 * again for an hour. Used by the I/O thread.
 */
final class AdaptiveBatchSize {

    static final int FIRST = 500;
    static final int MOST = 50_000;

    private static final Duration CAPPED = Duration.ofHours(1);
    private static final int QUICK = 4;
    private static final int SLOW = 2;

    private final Clock clock;
    private int rows = FIRST;
    private int cap = MOST;
    private Instant cappedUntil = Instant.MIN;

    AdaptiveBatchSize(Clock clock) {
        this.clock = clock;
    }

    /** The most rows that the next batch may have. */
    int rows() {
        return rows;
    }

    /** A batch was written. */
    void batchWritten(int written, Duration time, Duration timeout) {
        if (clock.instant().isAfter(cappedUntil)) {
            cap = MOST;
        }
        if (written >= rows && time.multipliedBy(QUICK).compareTo(timeout) < 0) {
            rows = Math.min(2 * rows, cap);
        } else if (time.multipliedBy(SLOW).compareTo(timeout) > 0) {
            rows = Math.max(1, written / 2);
        }
    }

    /** A batch was not done in time. */
    void batchTimedOut(int sent) {
        rows = Math.max(1, Math.min(rows, sent) / 2);
        cap = rows;
        cappedUntil = clock.instant().plus(CAPPED);
    }
}
