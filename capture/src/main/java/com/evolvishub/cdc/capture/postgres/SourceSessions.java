package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.flow.Seats;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
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
public final class SourceSessions implements AutoCloseable {

    private static final Duration KEPT = Duration.ofMinutes(1);

    private static final ConcurrentMap<ConnectionSpec, SourceSessions> LOGINS =
            new ConcurrentHashMap<>();

    private final ConnectionSpec spec;
    private final Deque<Resting> resting = new ArrayDeque<>();
    private int members;

    private record Resting(SourceSession session, Instant since) {}

    private SourceSessions(ConnectionSpec spec) {
        this.spec = spec;
    }

    /** Joins those who read there; {@link #close} leaves them. */
    public static SourceSessions join(ConnectionSpec spec) {
        return LOGINS.compute(
                spec,
                (login, known) -> {
                    SourceSessions joined = known == null ? new SourceSessions(spec) : known;
                    joined.members++;
                    return joined;
                });
    }

    /** The seats of those who read at this server. */
    public Seats seats() {
        return Seats.at("reading", spec.host(), spec.port());
    }

    /**
     * A session for a poll: one at rest, or a new one. One at rest may have been cut off without a
     * word ({@link SourceSession#rested}), and served another mapping ({@link
     * SourceSession#serves}).
     *
     * @param mapping whose poll it is: the server's activity view shows it
     */
    public SourceSession take(String mapping) throws SQLException {
        SourceSession rested = lastGiven();
        if (rested == null) {
            SourceSession fresh = SourceSession.open(spec, mapping);
            seats().serverTakes(fresh.serverTakes());
            return fresh;
        }
        rested.rests();
        return rested;
    }

    private synchronized SourceSession lastGiven() {
        return resting.isEmpty() ? null : resting.pop().session();
    }

    /**
     * Gives a session back that is in no transaction.
     *
     * @param nextUse how soon its giver will want one again
     */
    public void giveBack(SourceSession session, Duration nextUse, Clock clock) {
        List<SourceSession> surplus = new ArrayList<>();
        int useful = seats().count();
        synchronized (this) {
            Instant now = clock.instant();
            if (session.isUsable() && nextUse.compareTo(KEPT) <= 0) {
                resting.push(new Resting(session, now));
            } else {
                surplus.add(session);
            }
            while (resting.size() > useful || isOld(resting.peekLast(), now)) {
                surplus.add(resting.removeLast().session());
            }
        }
        surplus.forEach(SourceSession::close);
    }

    private static boolean isOld(Resting rest, Instant now) {
        return rest != null && rest.since().plus(KEPT).isBefore(now);
    }

    /** One at rest turned out to be cut off: the others are no better. */
    public void closeResting() {
        List<SourceSession> all = new ArrayList<>();
        synchronized (this) {
            resting.forEach(rest -> all.add(rest.session()));
            resting.clear();
        }
        all.forEach(SourceSession::close);
    }

    @Override
    public void close() {
        LOGINS.computeIfPresent(
                spec, (login, sessions) -> --sessions.members == 0 ? null : sessions);
        if (!LOGINS.containsValue(this)) {
            closeResting();
        }
    }
}
