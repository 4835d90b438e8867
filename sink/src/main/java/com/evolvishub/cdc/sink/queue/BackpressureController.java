package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;

/**
 * Keeps the gate open exactly while the predecessors have finished, the destination is ready and
 * the queue has room. Thread-safe: after a change of the queue its caller calls {@link #refresh},
 * and the last call sees all changes.
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

    /** Predecessors have not finished yet. */
    public synchronized void awaitPredecessors() {
        awaitsPredecessors = true;
        refresh();
    }

    /** All predecessors have finished. */
    public synchronized void predecessorsDone() {
        awaitsPredecessors = false;
        refresh();
    }

    /** The pipeline's writer is open, and the last request succeeded. */
    public synchronized void markHealthy() {
        markHealthy = true;
        refresh();
    }

    /** The destination is unavailable, or the last request failed. */
    public synchronized void markUnavailable() {
        markHealthy = false;
        refresh();
    }

    /** Recomputes the gate, for example after the queue became full or has room again. */
    public synchronized void refresh() {
        if (markHealthy && !awaitsPredecessors && !queue.isFull()) {
            gate.open();
        } else {
            gate.close();
        }
    }
}
