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
 * Sessions at rest: mappings that read from the same database under the same login take one for a
 * poll and give it back, so that hundreds of them need a few. A session is one mapping's alone
 * while it reads, and one that broke is not given back.
 *
 * <p>Thread-safe. The last mapping that leaves closes what is at rest.
 */
public final class SourceSessionPool implements AutoCloseable {

    private static final Duration MAX_IDLE = Duration.ofMinutes(1);

    private static final ConcurrentMap<ConnectionSpec, SourceSessionPool> LOGINS =
            new ConcurrentHashMap<>();

    private final ConnectionSpec spec;
    private final Deque<IdleSession> idle = new ArrayDeque<>();
    private int members;

    private record IdleSession(SourceSession session, Instant since) {}

    private SourceSessionPool(ConnectionSpec spec) {
        this.spec = spec;
    }

    /** Joins those who read there; {@link #close} leaves them. */
    public static SourceSessionPool join(ConnectionSpec spec) {
        return LOGINS.compute(
                spec,
                (login, known) -> {
                    SourceSessionPool joined = known == null ? new SourceSessionPool(spec) : known;
                    joined.members++;
                    return joined;
                });
    }

    /** The seats of those who read at this server. */
    public ConnectionLimiter connectionLimiter() {
        return ConnectionLimiter.forServer("reading", spec.host(), spec.port());
    }

    /**
     * A session for a poll: one at rest, or a new one. One at rest may have been cut off without a
     * word ({@link SourceSession#reused}), and served another mapping ({@link
     * SourceSession#setPurpose}).
     *
     * @param mapping whose poll it is: the server's activity view shows it
     */
    public SourceSession acquire(String mapping) throws SQLException {
        SourceSession rested = pollIdle();
        if (rested == null) {
            SourceSession fresh = SourceSession.open(spec, mapping);
            connectionLimiter().setServerMaxConnections(fresh.maxConnections());
            return fresh;
        }
        rested.markReused();
        return rested;
    }

    private synchronized SourceSession pollIdle() {
        return idle.isEmpty() ? null : idle.pop().session();
    }

    /**
     * Gives a session back that is in no transaction.
     *
     * @param nextUse how soon its giver will want one again
     */
    public void release(SourceSession session, Duration nextUse, Clock clock) {
        List<SourceSession> surplus = new ArrayList<>();
        int useful = connectionLimiter().limit();
        synchronized (this) {
            Instant now = clock.instant();
            if (session.isUsable() && nextUse.compareTo(MAX_IDLE) <= 0) {
                idle.push(new IdleSession(session, now));
            } else {
                surplus.add(session);
            }
            while (idle.size() > useful || isOld(idle.peekLast(), now)) {
                surplus.add(idle.removeLast().session());
            }
        }
        surplus.forEach(SourceSession::close);
    }

    private static boolean isOld(IdleSession rest, Instant now) {
        return rest != null && rest.since().plus(MAX_IDLE).isBefore(now);
    }

    /** One at rest turned out to be cut off: the others are no better. */
    public void closeIdle() {
        List<SourceSession> all = new ArrayList<>();
        synchronized (this) {
            idle.forEach(rest -> all.add(rest.session()));
            idle.clear();
        }
        all.forEach(SourceSession::close);
    }

    @Override
    public void close() {
        LOGINS.computeIfPresent(
                spec, (login, sessions) -> --sessions.members == 0 ? null : sessions);
        if (!LOGINS.containsValue(this)) {
            closeIdle();
        }
    }
}
