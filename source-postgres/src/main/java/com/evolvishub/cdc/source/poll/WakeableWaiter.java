package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Lets the polling thread wait for a time, for the backpressure gate, or for free space. {@link
 * #wakeUp} ends every wait. Thread-safe; one thread waits, any thread may signal.
 */
public final class WakeableWaiter {

    private final Clock clock;
    private boolean woken;
    private CompletableFuture<Void> subscribed;

    public WakeableWaiter(Clock clock) {
        this.clock = clock;
    }

    /** The wait was interrupted by {@link #wakeUp}; the caller must abort its current work. */
    public static final class WokenUpException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Waits until {@code done} is true. It is evaluated again whenever the gate changes or {@link
     * #signal} is called.
     *
     * @return false if the time {@code until} came first
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

    /** Waits until a time. */
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

    /** Ends the current wait or, if no thread waits, the next one. */
    public synchronized void wakeUp() {
        woken = true;
        notifyAll();
    }

    /** Resets the wake-up after it was handled. */
    public synchronized void rearm() {
        woken = false;
    }

    public synchronized boolean isWoken() {
        return woken;
    }

    /** Something that {@code done} depends on has changed. */
    public synchronized void signal() {
        notifyAll();
    }

    private void subscribe(BackpressureGate gate) {
        CompletableFuture<Void> changed = gate.changed();
        if (changed != subscribed) {
            subscribed = changed;
            // subscribe once per future, so that a long wait does not accumulate listeners
            var unused = changed.thenRun(this::signal);
        }
    }

    private void checkWoken() throws WokenUpException {
        if (woken) {
            throw new WokenUpException();
        }
    }

    /** The argument of {@code wait}, where 0 means no timeout. */
    private long millisUntil(Instant until) {
        return until.equals(Instant.MAX)
                ? 0
                : Math.max(1, Duration.between(clock.instant(), until).toMillis() + 1);
    }
}
