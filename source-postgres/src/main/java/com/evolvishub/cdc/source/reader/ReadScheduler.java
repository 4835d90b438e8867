package com.evolvishub.cdc.source.reader;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Schedules the reads of one worker's mappings: at most one receives a page at a time. The mapping
 * that has waited longest is next; on a tie the order in the file decides. A read turn expires
 * after a second without a row, so that a hanging source does not block the others.
 *
 * <p>Thread-safe: called by all polling threads of a worker.
 */
final class ReadScheduler {

    static final Duration MAX_IDLE_TURN = Duration.ofSeconds(1);

    private static final ConcurrentMap<String, ReadScheduler> WORKERS = new ConcurrentHashMap<>();

    private final List<ReadTurn> waiting = new ArrayList<>();
    private volatile ReadTurn holder;
    private int members;

    /** A mapping's registration at its worker. Used by one thread. */
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

        /**
         * Requests the read turn, if not yet requested, and returns whether this mapping holds it.
         */
        boolean tryAcquire() {
            return acquireTurn(this);
        }

        /** Records that a row arrived. Returns whether the turn is still held. */
        boolean keep() {
            lastRow = clock.millis();
            return isHeld();
        }

        boolean isHeld() {
            return holder == this;
        }

        /** Releases the turn, or withdraws the request. */
        void release() {
            releaseTurn(this);
        }

        @Override
        public void close() {
            release();
            leave(worker);
        }
    }

    private ReadScheduler() {}

    /**
     * Registers a mapping at a worker.
     *
     * @param order the mapping's position in the file
     * @param available runs, in any thread, when this mapping may get the turn
     */
    static ReadTurn join(String run, String worker, int order, Clock clock, Runnable available) {
        String name = run + '/' + worker;
        ReadScheduler scheduler =
                WORKERS.compute(
                        name,
                        (unused, existing) -> {
                            ReadScheduler joined =
                                    existing == null ? new ReadScheduler() : existing;
                            joined.members++;
                            return joined;
                        });
        return scheduler.new ReadTurn(name, order, clock, available);
    }

    private void leave(String worker) {
        WORKERS.computeIfPresent(
                worker, (unused, scheduler) -> --scheduler.members == 0 ? null : scheduler);
    }

    private synchronized boolean acquireTurn(ReadTurn turn) {
        if (holder == turn) {
            return true;
        }
        if (!waiting.contains(turn)) {
            turn.waitingSince = turn.clock.millis();
            waiting.add(turn);
            waiting.sort(
                    Comparator.<ReadTurn>comparingLong(one -> one.waitingSince)
                            .thenComparingInt(one -> one.order));
        }
        boolean free =
                holder == null || turn.clock.millis() - holder.lastRow >= MAX_IDLE_TURN.toMillis();
        if (!free || waiting.get(0) != turn) {
            return false;
        }
        waiting.remove(0);
        holder = turn;
        turn.lastRow = turn.clock.millis();
        return true;
    }

    private void releaseTurn(ReadTurn turn) {
        ReadTurn next = null;
        synchronized (this) {
            waiting.remove(turn);
            if (holder == turn) {
                holder = null;
                next = waiting.isEmpty() ? null : waiting.get(0);
            }
        }
        if (next != null) {
            next.available.run();
        }
    }
}
