package com.evolvishub.cdc.capture.source;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The mappings of one worker take turns: at most one receives a page at a time, the longest-waiting
 * first, in the file's order where they have waited alike. A turn is lost after a second without a
 * row, so that a source that hangs holds up nobody.
 *
 * <p>Thread-safe: the polling threads of a worker meet here.
 */
final class WorkerTurns {

    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final ConcurrentMap<String, WorkerTurns> WORKERS = new ConcurrentHashMap<>();

    private final List<Ticket> waiting = new ArrayList<>();
    private volatile Ticket holder;
    private int members;

    /** A mapping's place at its worker. Its owner is one thread. */
    final class Ticket implements AutoCloseable {
        private final String worker;
        private final int order;
        private final Clock clock;
        private final Runnable available;
        private long waitingSince;
        private volatile long lastRow;

        private Ticket(String worker, int order, Clock clock, Runnable available) {
            this.worker = worker;
            this.order = order;
            this.clock = clock;
            this.available = available;
        }

        /** Lines up, if that was not done, and says whether it is this mapping's turn. */
        boolean tryTake() {
            return take(this);
        }

        /** A row came. Says whether the turn is still held. */
        boolean keep() {
            lastRow = clock.millis();
            return isHeld();
        }

        boolean isHeld() {
            return holder == this;
        }

        /** Gives the turn back, or the place in the line. */
        void release() {
            give(this);
        }

        @Override
        public void close() {
            release();
            leave(worker);
        }
    }

    private WorkerTurns() {}

    /**
     * Joins a worker.
     *
     * @param order the mapping's place in the file
     * @param available runs, from any thread, when it may be this mapping's turn
     */
    static Ticket join(String run, String worker, int order, Clock clock, Runnable available) {
        String name = run + '/' + worker;
        WorkerTurns turns =
                WORKERS.compute(
                        name,
                        (unused, known) -> {
                            WorkerTurns joined = known == null ? new WorkerTurns() : known;
                            joined.members++;
                            return joined;
                        });
        return turns.new Ticket(name, order, clock, available);
    }

    private void leave(String worker) {
        WORKERS.computeIfPresent(worker, (unused, turns) -> --turns.members == 0 ? null : turns);
    }

    private synchronized boolean take(Ticket ticket) {
        if (holder == ticket) {
            return true;
        }
        if (!waiting.contains(ticket)) {
            ticket.waitingSince = ticket.clock.millis();
            waiting.add(ticket);
            waiting.sort(
                    Comparator.<Ticket>comparingLong(one -> one.waitingSince)
                            .thenComparingInt(one -> one.order));
        }
        boolean free =
                holder == null || ticket.clock.millis() - holder.lastRow >= PATIENCE.toMillis();
        if (!free || waiting.get(0) != ticket) {
            return false;
        }
        waiting.remove(0);
        holder = ticket;
        ticket.lastRow = ticket.clock.millis();
        return true;
    }

    private void give(Ticket ticket) {
        Ticket next = null;
        synchronized (this) {
            waiting.remove(ticket);
            if (holder == ticket) {
                holder = null;
                next = waiting.isEmpty() ? null : waiting.get(0);
            }
        }
        if (next != null) {
            next.available.run();
        }
    }
}
