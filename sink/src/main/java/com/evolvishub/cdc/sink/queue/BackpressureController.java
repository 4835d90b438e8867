package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;

/**
 * Keeps the gate open exactly while the mapping's turn has come, the destination is ready and the
 * queue has room. Thread-safe: whoever changed one of the two calls {@link #refresh} afterwards,
 * and the last call sees both.
 */
public final class BackpressureController {

    private final BackpressureGate gate;
    private final WriteAheadQueue queue;
    private boolean markHealthy;
    private boolean awaitsPredecessors;

    public BackpressureController(BackpressureGate gate, WriteAheadQueue queue) {
        this.gate = gate;
        this.queue = queue;
    }

    /** Others go first. */
    public synchronized void awaitPredecessors() {
        awaitsPredecessors = true;
        refresh();
    }

    /** Those who go first are done. */
    public synchronized void predecessorsDone() {
        awaitsPredecessors = false;
        refresh();
    }

    /** The lane is open, and the destination took what it was last given. */
    public synchronized void markHealthy() {
        markHealthy = true;
        refresh();
    }

    /** The destination is away, or does not take what it was given. */
    public synchronized void markUnavailable() {
        markHealthy = false;
        refresh();
    }

    /** The queue has become full, or has room again. */
    public synchronized void refresh() {
        if (markHealthy && !awaitsPredecessors && !queue.isFull()) {
            gate.open();
        } else {
            gate.close();
        }
    }
}
