package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.runtime.connection.ConnectionLimiter;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A pool of idle sessions. Mappings that read from the same database with the same login acquire
 * one for a poll and release it, so that hundreds of mappings need few sessions. A session is used
 * by one mapping at a time, and a broken one is not returned to the pool.
 *
 * <p>Thread-safe. When the last mapping leaves, idle sessions are closed.
 */
public final class SourceSessionPool implements AutoCloseable {

    private static final Duration MAX_IDLE = Duration.ofMinutes(1);

    private static final ConcurrentMap<ConnectionSpec, SourceSessionPool> POOLS =
            new ConcurrentHashMap<>();

    private final ConnectionSpec spec;
    private final Deque<IdleSession> idle = new ArrayDeque<>();
    private int members;

    private record IdleSession(SourceSession session, Instant since) {}

    private SourceSessionPool(ConnectionSpec spec) {
        this.spec = spec;
    }

    /** Registers a user of the pool; {@link #close} unregisters it. */
    public static SourceSessionPool join(ConnectionSpec spec) {
        return POOLS.compute(
                spec,
                (login, existing) -> {
                    SourceSessionPool joined =
                            existing == null ? new SourceSessionPool(spec) : existing;
                    joined.members++;
                    return joined;
                });
    }

    /** The limiter of connections that read from this server. */
    public ConnectionLimiter connectionLimiter() {
        return ConnectionLimiter.forServer("reading", spec.host(), spec.port());
    }

    /**
     * Acquires a session for a poll: an idle one, or a new one. The server may have closed an idle
     * session unnoticed ({@link SourceSession#isReused}), and another mapping may have used it
     * ({@link SourceSession#setPurpose}).
     *
     * @param mapping the mapping that polls, shown in the server's activity view
     */
    public SourceSession acquire(String mapping) throws SQLException {
        SourceSession pooled = pollIdle();
        if (pooled == null) {
            SourceSession opened = SourceSession.open(spec, mapping);
            connectionLimiter().setServerMaxConnections(opened.maxConnections());
            return opened;
        }
        pooled.markReused();
        return pooled;
    }

    private synchronized SourceSession pollIdle() {
        return idle.isEmpty() ? null : idle.pop().session();
    }

    /**
     * Returns a session without an open transaction.
     *
     * @param nextUse time until the caller needs a session again
     */
    public void release(SourceSession session, Duration nextUse, Clock clock) {
        List<SourceSession> surplus = new ArrayList<>();
        int maxIdle = connectionLimiter().limit();
        synchronized (this) {
            Instant now = clock.instant();
            if (session.isUsable() && nextUse.compareTo(MAX_IDLE) <= 0) {
                idle.push(new IdleSession(session, now));
            } else {
                surplus.add(session);
            }
            while (idle.size() > maxIdle || isExpired(idle.peekLast(), now)) {
                surplus.add(idle.removeLast().session());
            }
        }
        surplus.forEach(SourceSession::close);
    }

    private static boolean isExpired(IdleSession pooled, Instant now) {
        return pooled != null && pooled.since().plus(MAX_IDLE).isBefore(now);
    }

    /** An idle session was found closed: closes the others too. */
    public void closeIdle() {
        List<SourceSession> all = new ArrayList<>();
        synchronized (this) {
            idle.forEach(pooled -> all.add(pooled.session()));
            idle.clear();
        }
        all.forEach(SourceSession::close);
    }

    @Override
    public void close() {
        POOLS.computeIfPresent(
                spec, (login, sessions) -> --sessions.members == 0 ? null : sessions);
        if (!POOLS.containsValue(this)) {
            closeIdle();
        }
    }
}
