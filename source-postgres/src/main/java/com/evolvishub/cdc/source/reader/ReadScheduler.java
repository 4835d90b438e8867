package com.evolvishub.cdc.source.reader;

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
final class ReadScheduler {

    static final Duration MAX_IDLE_TURN = Duration.ofSeconds(1);

    private static final ConcurrentMap<String, ReadScheduler> WORKERS = new ConcurrentHashMap<>();

    private final List<ReadTurn> waiting = new ArrayList<>();
    private volatile ReadTurn holder;
    private int members;

    /** A mapping's place at its worker. Its owner is one thread. */
    final class ReadTurn implements AutoCloseable {
        private final String worker;
        private final int order;
        private final Clock clock;
        private final Runnable available;
        private long waitingSince;
        private volatile long lastRow;

        private ReadTurn(String worker, int order, Clock clock, Runnable available) {
            this.worker = worker;
            this.order = order;
            this.clock = clock;
            this.available = available;
        }

        /** Lines up, if that was not done, and says whether it is this mapping's turn. */
        boolean tryAcquire() {
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

    private ReadScheduler() {}

    /**
     * Joins a worker.
     *
     * @param order the mapping's place in the file
     * @param available runs, from any thread, when it may be this mapping's turn
     */
    static ReadTurn join(String run, String worker, int order, Clock clock, Runnable available) {
        String name = run + '/' + worker;
        ReadScheduler turns =
                WORKERS.compute(
                        name,
                        (unused, known) -> {
                            ReadScheduler joined = known == null ? new ReadScheduler() : known;
                            joined.members++;
                            return joined;
                        });
        return turns.new ReadTurn(name, order, clock, available);
    }

    private void leave(String worker) {
        WORKERS.computeIfPresent(worker, (unused, turns) -> --turns.members == 0 ? null : turns);
    }

    private synchronized boolean take(ReadTurn ticket) {
        if (holder == ticket) {
            return true;
        }
        if (!waiting.contains(ticket)) {
            ticket.waitingSince = ticket.clock.millis();
            waiting.add(ticket);
            waiting.sort(
                    Comparator.<ReadTurn>comparingLong(one -> one.waitingSince)
                            .thenComparingInt(one -> one.order));
        }
        boolean free =
                holder == null
                        || ticket.clock.millis() - holder.lastRow >= MAX_IDLE_TURN.toMillis();
        if (!free || waiting.get(0) != ticket) {
            return false;
        }
        waiting.remove(0);
        holder = ticket;
        ticket.lastRow = ticket.clock.millis();
        return true;
    }

    private void give(ReadTurn ticket) {
        ReadTurn next = null;
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
