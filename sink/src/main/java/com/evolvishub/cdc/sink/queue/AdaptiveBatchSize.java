package com.evolvishub.cdc.sink.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Computes the number of rows in a batch: it starts small, doubles while the destination is fast,
 * and halves when a batch is slow or exceeds the client's timeout. A size that timed out is not
 * used again for an hour. Used by the I/O thread.
 */
final class AdaptiveBatchSize {

    static final int INITIAL_ROWS = 500;
    static final int MAX_ROWS = 50_000;

    private static final Duration CAP_DURATION = Duration.ofHours(1);
    private static final int FAST_FACTOR = 4;
    private static final int SLOW_FACTOR = 2;

    private final Clock clock;
    private int rows = INITIAL_ROWS;
    private int cap = MAX_ROWS;
    private Instant cappedUntil = Instant.MIN;

    AdaptiveBatchSize(Clock clock) {
        this.clock = clock;
    }

    /** Maximum number of rows in the next batch. */
    int rows() {
        return rows;
    }

    /** A batch was written. */
    void batchWritten(int written, Duration duration, Duration timeout) {
        if (clock.instant().isAfter(cappedUntil)) {
            cap = MAX_ROWS;
        }
        if (written >= rows && duration.multipliedBy(FAST_FACTOR).compareTo(timeout) < 0) {
            rows = Math.min(2 * rows, cap);
        } else if (duration.multipliedBy(SLOW_FACTOR).compareTo(timeout) > 0) {
            rows = Math.max(1, written / 2);
        }
    }

    /** A batch exceeded the timeout. */
    void batchTimedOut(int sent) {
        rows = Math.max(1, Math.min(rows, sent) / 2);
        cap = rows;
        cappedUntil = clock.instant().plus(CAP_DURATION);
    }
}
