package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Measures the time of each batch and adjusts the queue's batch size. Used by the I/O thread. */
public final class BatchSizeTuner {

    private final WriteAheadQueue queue;
    private final Clock clock;
    private final AdaptiveBatchSize size;

    /** Writes a batch. */
    @FunctionalInterface
    public interface Write {
        void run() throws Exception;
    }

    public BatchSizeTuner(WriteAheadQueue queue, Clock clock) {
        this.queue = queue;
        this.clock = clock;
        this.size = new AdaptiveBatchSize(clock);
    }

    /**
     * Writes a batch.
     *
     * @param timeout the client's timeout
     */
    public void write(Duration timeout, int rows, Write write) throws Exception {
        Instant start = clock.instant();
        try {
            write.run();
            size.batchWritten(rows, since(start), timeout);
        } catch (DestinationException e) {
            // the destination responded in time, so the duration says nothing about the size
            throw e;
        } catch (Exception e) {
            if (since(start).compareTo(timeout) >= 0) {
                size.batchTimedOut(rows);
            }
            throw e;
        } finally {
            queue.batchRows(size.rows());
        }
    }

    private Duration since(Instant start) {
        return Duration.between(start, clock.instant());
    }
}
