package com.evolvishub.cdc.runtime.connection;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many connections the mappings of this process hold at one end of one server, so that hundreds
 * of them do not take all that the server has. Who finds no seat waits in line, and the one that
 * was used longest ago is asked to leave.
 *
 * <p>A seat is a courtesy, not a permission: after {@link #MAX_WAIT} a mapping sits down all the
 * same, so that neighbours which are stuck, or long at work, hold up nobody.
 *
 * <p>Thread-safe.
 */
public final class ConnectionLimiter {

    /** How long somebody stands in line at most. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(5);

    /** Until the server has told how many connections it takes. */
    static final int DEFAULT = 4;

    private static final ConcurrentMap<String, ConnectionLimiter> SERVERS =
            new ConcurrentHashMap<>();

    private final Set<Permit> acquired = new LinkedHashSet<>();
    private final Set<Permit> waiting = new LinkedHashSet<>();
    private int limit = DEFAULT;

    /** A mapping's place at a server, taken or not. Closing it twice does nothing. */
    public final class Permit implements AutoCloseable {
        private final Clock clock;
        private final Runnable onAvailable;
        private final Runnable onReleaseRequested;
        private long since;
        private boolean releaseRequested;

        private Permit(Clock clock, Runnable available, Runnable wanted) {
            this.clock = clock;
            this.onAvailable = available;
            this.onReleaseRequested = wanted;
        }

        /** Sits down, or stands in line; says whether it sits. To be asked again and again. */
        public boolean tryAcquire() {
            return acquire(this);
        }

        /** Was at work just now: others are asked to leave before it. */
        public void markUsed() {
            markRecentlyUsed(this);
        }

        /** Leaves the seat, or the line. */
        public void release() {
            remove(this);
        }

        @Override
        public void close() {
            release();
        }
    }

    ConnectionLimiter() {}

    /**
     * The seats at a server.
     *
     * @param end which end of a pipeline they are for: those who read must never wait for those who
     *     write, who wait for them
     */
    public static ConnectionLimiter forServer(String end, String host, int port) {
        return SERVERS.computeIfAbsent(
                end + ' ' + host + ':' + port, server -> new ConnectionLimiter());
    }

    /**
     * A place for a mapping, not taken yet.
     *
     * @param available runs, from any thread, when {@link Permit#tryAcquire} is worth another try
     * @param wanted runs, from any thread, when somebody waits; who is not at work had better leave
     */
    public Permit permit(Clock clock, Runnable available, Runnable wanted) {
        return new Permit(clock, available, wanted);
    }

    /** How many there are. */
    public synchronized int limit() {
        return limit;
    }

    /** The server takes that many connections in all; we take three tenths of them at each end. */
    public synchronized void setServerMaxConnections(int connections) {
        limit = Math.max(2, connections * 3 / 10);
    }

    /** Tells nobody in line: who asks here may hold a lock that they need to hear it. */
    private boolean acquire(Permit seat) {
        List<Runnable> calls = new ArrayList<>();
        boolean sits;
        synchronized (this) {
            if (acquired.contains(seat)) {
                return true;
            }
            if (waiting.add(seat)) {
                seat.since = seat.clock.millis();
            }
            boolean first = waiting.iterator().next() == seat;
            boolean waited = seat.clock.millis() - seat.since >= MAX_WAIT.toMillis();
            sits = waited || (first && acquired.size() < limit);
            if (sits) {
                waiting.remove(seat);
                seat.releaseRequested = false;
                acquired.add(seat);
            }
            requestRelease(calls);
        }
        calls.forEach(Runnable::run);
        return sits;
    }

    /** As many as wait and find no seat, those first that were used longest ago. */
    private void requestRelease(List<Runnable> calls) {
        long leaving = acquired.stream().filter(seat -> seat.releaseRequested).count();
        long missing = waiting.size() - Math.max(0, limit - acquired.size()) - leaving;
        for (Permit seat : acquired) {
            if (missing <= 0) {
                return;
            }
            if (!seat.releaseRequested) {
                seat.releaseRequested = true;
                calls.add(seat.onReleaseRequested);
                missing--;
            }
        }
    }

    private synchronized void markRecentlyUsed(Permit seat) {
        if (acquired.remove(seat)) {
            acquired.add(seat);
        }
    }

    private void remove(Permit seat) {
        List<Runnable> calls = new ArrayList<>();
        synchronized (this) {
            waiting.remove(seat);
            acquired.remove(seat);
            waiting.stream()
                    .limit(Math.max(0, limit - acquired.size()))
                    .forEach(next -> calls.add(next.onAvailable));
        }
        calls.forEach(Runnable::run);
    }
}
