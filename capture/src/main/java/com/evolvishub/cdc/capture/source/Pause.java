package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.Gate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Where the polling thread waits: for a time, for the gate, for room. Every wait ends at {@link
 * #wakeUp}. Thread-safe; one thread waits, any thread may signal.
 */
final class Pause {

    private final Clock clock;
    private boolean woken;
    private CompletableFuture<Void> heard;

    Pause(Clock clock) {
        this.clock = clock;
    }

    /** The wait was ended from outside; whatever was under way is to be given up. */
    static final class WokenUpException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Waits until {@code done}, which is asked again whenever something changes at the gate or
     * {@link #signal} is called.
     *
     * @return false if {@code until} came first
     */
    synchronized boolean await(Gate gate, Instant until, BooleanSupplier done)
            throws WokenUpException {
        try {
            while (true) {
                hear(gate);
                checkWoken();
                if (done.getAsBoolean()) {
                    return true;
                }
                if (!clock.instant().isBefore(until)) {
                    return false;
                }
                wait(millisUntil(until));
            }
        } catch (InterruptedException interrupted) {
            throw new WokenUpException();
        }
    }

    /** Waits for a time. */
    synchronized void awaitTime(Instant until) throws WokenUpException {
        try {
            checkWoken();
            while (clock.instant().isBefore(until)) {
                wait(millisUntil(until));
                checkWoken();
            }
        } catch (InterruptedException interrupted) {
            throw new WokenUpException();
        }
    }

    /** Ends this wait and, if nobody waits now, the next one. */
    synchronized void wakeUp() {
        woken = true;
        notifyAll();
    }

    /** A wake-up was heeded. */
    synchronized void rearm() {
        woken = false;
    }

    synchronized boolean isWoken() {
        return woken;
    }

    /** Something that {@code done} looks at has changed. */
    synchronized void signal() {
        notifyAll();
    }

    private void hear(Gate gate) {
        CompletableFuture<Void> changed = gate.changed();
        if (changed != heard) {
            heard = changed;
            // each future is heard once, so that a long wait does not pile up listeners
            var unused = changed.thenRun(this::signal);
        }
    }

    private void checkWoken() throws WokenUpException {
        if (woken) {
            throw new WokenUpException();
        }
    }

    /** For {@code wait}, to which 0 means without end. */
    private long millisUntil(Instant until) {
        return until.equals(Instant.MAX)
                ? 0
                : Math.max(1, Duration.between(clock.instant(), until).toMillis() + 1);
    }
}
