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
 * Limits the connections that the mappings of this process open for one purpose to one server, so
 * that hundreds of mappings do not use up the server's connections. A mapping without a permit
 * waits in a queue, and the least recently used permit is asked to be released.
 *
 * <p>The limit is soft: after {@link #MAX_WAIT} a mapping connects anyway, so that blocked or
 * long-running mappings do not block the others.
 *
 * <p>Thread-safe.
 */
public final class ConnectionLimiter {

    /** Maximum wait for a permit. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(5);

    /** The limit until the server's connection limit is known. */
    static final int DEFAULT = 4;

    private static final ConcurrentMap<String, ConnectionLimiter> SERVERS =
            new ConcurrentHashMap<>();

    private final Set<Permit> acquired = new LinkedHashSet<>();
    private final Set<Permit> waiting = new LinkedHashSet<>();
    private int limit = DEFAULT;

    /** A connection permit of a mapping, acquired or not. Closing it twice has no effect. */
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

        /**
         * Acquires the permit or waits in the queue; returns whether it is acquired. Call it
         * repeatedly.
         */
        public boolean tryAcquire() {
            return acquire(this);
        }

        /** Marks the permit as used now: less recently used ones are asked to be released first. */
        public void markUsed() {
            markRecentlyUsed(this);
        }

        /** Releases the permit, or leaves the queue. */
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
     * The limiter of a server.
     *
     * @param end the purpose, reading or writing: readers must never wait for writers, because
     *     writers wait for them
     */
    public static ConnectionLimiter forServer(String end, String host, int port) {
        return SERVERS.computeIfAbsent(
                end + ' ' + host + ':' + port, server -> new ConnectionLimiter());
    }

    /**
     * Creates a permit that is not acquired yet.
     *
     * @param available runs, from any thread, when {@link Permit#tryAcquire} may succeed
     * @param wanted runs, from any thread, when another mapping waits; an idle holder should
     *     release the permit
     */
    public Permit permit(Clock clock, Runnable available, Runnable wanted) {
        return new Permit(clock, available, wanted);
    }

    /** The number of permits. */
    public synchronized int limit() {
        return limit;
    }

    /** Sets the limit to three tenths of the server's maximum number of connections. */
    public synchronized void setServerMaxConnections(int connections) {
        limit = Math.max(2, connections * 3 / 10);
    }

    /**
     * Does not run {@code onAvailable} of waiting permits: the caller may hold a lock that those
     * callbacks need.
     */
    private boolean acquire(Permit permit) {
        List<Runnable> calls = new ArrayList<>();
        boolean granted;
        synchronized (this) {
            if (acquired.contains(permit)) {
                return true;
            }
            if (waiting.add(permit)) {
                permit.since = permit.clock.millis();
            }
            boolean first = waiting.iterator().next() == permit;
            boolean waited = permit.clock.millis() - permit.since >= MAX_WAIT.toMillis();
            granted = waited || (first && acquired.size() < limit);
            if (granted) {
                waiting.remove(permit);
                permit.releaseRequested = false;
                acquired.add(permit);
            }
            requestRelease(calls);
        }
        calls.forEach(Runnable::run);
        return granted;
    }

    /** Asks for one release per waiting permit that gets none, least recently used first. */
    private void requestRelease(List<Runnable> calls) {
        long releasing = acquired.stream().filter(permit -> permit.releaseRequested).count();
        long missing = waiting.size() - Math.max(0, limit - acquired.size()) - releasing;
        for (Permit permit : acquired) {
            if (missing <= 0) {
                return;
            }
            if (!permit.releaseRequested) {
                permit.releaseRequested = true;
                calls.add(permit.onReleaseRequested);
                missing--;
            }
        }
    }

    private synchronized void markRecentlyUsed(Permit permit) {
        if (acquired.remove(permit)) {
            acquired.add(permit);
        }
    }

    private void remove(Permit permit) {
        List<Runnable> calls = new ArrayList<>();
        synchronized (this) {
            waiting.remove(permit);
            acquired.remove(permit);
            waiting.stream()
                    .limit(Math.max(0, limit - acquired.size()))
                    .forEach(next -> calls.add(next.onAvailable));
        }
        calls.forEach(Runnable::run);
    }
}
