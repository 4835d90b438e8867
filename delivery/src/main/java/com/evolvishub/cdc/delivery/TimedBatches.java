package com.evolvishub.cdc.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Measures batches, and lets the queue make them larger or smaller. Used by the I/O thread. */
final class TimedBatches {

    private final DeliveryQueue queue;
    private final Clock clock;
    private final BatchSize size;

    /** What writes a batch. */
    @FunctionalInterface
    interface Write {
        void run() throws Exception;
    }

    TimedBatches(DeliveryQueue queue, Clock clock) {
        this.queue = queue;
        this.clock = clock;
        this.size = new BatchSize(clock);
    }

    /**
     * Writes a batch.
     *
     * @param timeout after which the client gives up
     */
    void write(Duration timeout, int rows, Write write) throws Exception {
        Instant begin = clock.instant();
        try {
            write.run();
            size.took(rows, since(begin), timeout);
        } catch (DestinationException e) {
            // an answer, if not the one that was hoped for
            throw e;
        } catch (Exception e) {
            if (since(begin).compareTo(timeout) >= 0) {
                size.timedOut(rows);
            }
            throw e;
        } finally {
            queue.batchRows(size.rows());
        }
    }

    private Duration since(Instant begin) {
        return Duration.between(begin, clock.instant());
    }
}
