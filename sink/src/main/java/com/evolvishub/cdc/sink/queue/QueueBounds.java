package com.evolvishub.cdc.sink.queue;

import java.io.Serializable;

/**
 * Sizes in bytes at which a pipeline's queue is full and the source has to stop.
 *
 * @param writeAhead while rows wait for a checkpoint: the rows of one checkpoint interval have to
 *     fit
 * @param immediate while rows are sent immediately: enough to keep the destination busy
 */
public record QueueBounds(long writeAhead, long immediate) implements Serializable {
    public static final QueueBounds DEFAULT = new QueueBounds(64L << 20, 16L << 20);
}
