package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.connection.ConnectionLimiter;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.source.poll.WakeableWaiter;
import com.evolvishub.cdc.source.poll.WakeableWaiter.WokenUpException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.session.SourceSessionPool;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The session that a mapping has while it polls, and the seat at the server that goes with it. Used
 * by the polling thread; only {@link #wakeUp} may be called from another one.
 */
final class PollSession {

    private static final Duration PERMIT_CHECK_INTERVAL = Duration.ofMillis(250);

    private final String mapping;
    private final SourceSessionPool sessions;
    private final ConnectionLimiter.Permit permit;
    private final BackpressureGate gate;
    private final Clock clock;
    private final WakeableWaiter pause;
    private final Object handover = new Object();
    private SourceSession session;
    private volatile Thread connecting;

    PollSession(Pipeline pipeline, BackpressureGate gate, Clock clock, WakeableWaiter pause) {
        this.mapping = pipeline.mapping();
        this.sessions = SourceSessionPool.join(pipeline.scan().source().connection());
        this.permit = sessions.connectionLimiter().permit(clock, pause::signal, () -> {});
        this.gate = gate;
        this.clock = clock;
        this.pause = pause;
    }

    /** The session at hand, or one that rested, or a new one. */
    SourceSession open() throws SQLException, WokenUpException {
        if (session == null) {
            acquirePermit();
            connecting = Thread.currentThread();
            try {
                if (pause.isWoken()) {
                    throw new WokenUpException();
                }
                SourceSession taken = sessions.acquire(mapping);
                synchronized (handover) {
                    session = taken;
                }
            } finally {
                connecting = null;
                // an interrupt that came too late is for nobody else
                Thread.interrupted();
            }
        }
        return session;
    }

    /** The session of the poll under way. */
    SourceSession current() {
        return session;
    }

    private void acquirePermit() throws WokenUpException {
        boolean sits;
        do {
            // looked at again and again: nobody tells when patience is at its end
            sits =
                    pause.await(
                            gate, clock.instant().plus(PERMIT_CHECK_INTERVAL), permit::tryAcquire);
        } while (!sits);
    }

    /** Whether a failure may be due to a rest in which the server cut the session off. */
    boolean mayBeStale() {
        return session != null && session.isReused();
    }

    /** Starts over with a session that never rested. */
    void renew() {
        abandon();
        sessions.closeIdle();
    }

    /** The poll is over: its snapshot is let go, and the session is anybody's. */
    void endPoll(Instant nextPoll) throws SQLException {
        session.endSnapshot();
        SourceSession own = detach();
        sessions.release(own, Duration.between(clock.instant(), nextPoll), clock);
        permit.release();
    }

    /** Ends what is under way. The connection is out of step then, so it goes too. */
    void abandon() {
        SourceSession own = detach();
        if (own != null) {
            own.abort();
        }
        permit.release();
    }

    /** From here on a wake-up does not reach it: it may be another mapping's in a moment. */
    private SourceSession detach() {
        synchronized (handover) {
            SourceSession own = session;
            session = null;
            return own;
        }
    }

    /** Ends what is under way, from any thread. */
    void wakeUp() {
        synchronized (handover) {
            if (session != null) {
                session.abort();
            }
        }
        Thread thread = connecting;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Ends a session that no answer comes from, unless it was given back. From any thread. */
    void abort(SourceSession silent) {
        synchronized (handover) {
            if (session == silent) {
                silent.abort();
            }
        }
    }

    void close() {
        abandon();
        sessions.close();
    }
}
