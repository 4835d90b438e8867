package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Where the polling thread waits: for a time, for the gate, for room. Every wait ends at {@link
 * #wakeUp}. Thread-safe; one thread waits, any thread may signal.
 */
public final class WakeableWaiter {

    private final Clock clock;
    private boolean woken;
    private CompletableFuture<Void> subscribed;

    public WakeableWaiter(Clock clock) {
        this.clock = clock;
    }

    /** The wait was ended from outside; whatever was under way is to be given up. */
    public static final class WokenUpException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Waits until {@code done}, which is asked again whenever something changes at the gate or
     * {@link #signal} is called.
     *
     * @return false if {@code until} came first
     */
    public synchronized boolean await(BackpressureGate gate, Instant until, BooleanSupplier done)
            throws WokenUpException {
        try {
            while (true) {
                subscribe(gate);
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
    public synchronized void awaitTime(Instant until) throws WokenUpException {
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
    public synchronized void wakeUp() {
        woken = true;
        notifyAll();
    }

    /** A wake-up was heeded. */
    public synchronized void rearm() {
        woken = false;
    }

    public synchronized boolean isWoken() {
        return woken;
    }

    /** Something that {@code done} looks at has changed. */
    public synchronized void signal() {
        notifyAll();
    }

    private void subscribe(BackpressureGate gate) {
        CompletableFuture<Void> changed = gate.changed();
        if (changed != subscribed) {
            subscribed = changed;
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
