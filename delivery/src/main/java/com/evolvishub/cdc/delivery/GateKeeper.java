package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Gate;

/**
 * Keeps the gate open exactly while the mapping's turn has come, the destination is ready and the
 * queue has room. Thread-safe: whoever changed one of the two calls {@link #refresh} afterwards,
 * and the last call sees both.
 */
final class GateKeeper {

    private final Gate gate;
    private final DeliveryQueue queue;
    private boolean ready;
    private boolean waitsForTurn;

    GateKeeper(Gate gate, DeliveryQueue queue) {
        this.gate = gate;
        this.queue = queue;
    }

    /** Others go first. */
    synchronized void awaitTurn() {
        waitsForTurn = true;
        refresh();
    }

    /** Those who go first are done. */
    synchronized void turnHasCome() {
        waitsForTurn = false;
        refresh();
    }

    /** The lane is open, and the destination took what it was last given. */
    synchronized void ready() {
        ready = true;
        refresh();
    }

    /** The destination is away, or does not take what it was given. */
    synchronized void away() {
        ready = false;
        refresh();
    }

    /** The queue has become full, or has room again. */
    synchronized void refresh() {
        if (ready && !waitsForTurn && !queue.isFull()) {
            gate.open();
        } else {
            gate.close();
        }
    }
}
