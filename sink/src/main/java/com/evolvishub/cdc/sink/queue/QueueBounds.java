package com.evolvishub.cdc.sink.queue;

import java.io.Serializable;

/**
 * How much a lane's queue holds before the source has to stop, in bytes.
 *
 * @param writeAhead while rows wait for a checkpoint: what is read between two checkpoints has to
 *     fit
 * @param atOnce while rows are sent as they come: enough to keep the destination busy
 */
public record QueueBounds(long writeAhead, long immediate) implements Serializable {
    public static final QueueBounds DEFAULT = new QueueBounds(64L << 20, 16L << 20);
}
