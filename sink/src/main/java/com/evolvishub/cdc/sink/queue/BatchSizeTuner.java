package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Measures batches, and lets the queue make them larger or smaller. Used by the I/O thread. */
public final class BatchSizeTuner {

    private final WriteAheadQueue queue;
    private final Clock clock;
    private final AdaptiveBatchSize size;

    /** What writes a batch. */
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
     * @param timeout after which the client gives up
     */
    public void write(Duration timeout, int rows, Write write) throws Exception {
        Instant begin = clock.instant();
        try {
            write.run();
            size.batchWritten(rows, since(begin), timeout);
        } catch (DestinationException e) {
            // an answer, if not the one that was hoped for
            throw e;
        } catch (Exception e) {
            if (since(begin).compareTo(timeout) >= 0) {
                size.batchTimedOut(rows);
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
