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
 * The session of a mapping while it polls, together with its connection permit. Used by the polling
 * thread; only {@link #wakeUp} and {@link #abort} may be called by other threads.
 */
final class PollSession {

    private static final Duration PERMIT_CHECK_INTERVAL = Duration.ofMillis(250);

    private final String mapping;
    private final SourceSessionPool sessions;
    private final ConnectionLimiter.Permit permit;
    private final BackpressureGate gate;
    private final Clock clock;
    private final WakeableWaiter waiter;
    private final Object lock = new Object();
    private SourceSession session;
    private volatile Thread connecting;

    PollSession(Pipeline pipeline, BackpressureGate gate, Clock clock, WakeableWaiter waiter) {
        this.mapping = pipeline.mapping();
        this.sessions = SourceSessionPool.join(pipeline.scan().source().connection());
        this.permit = sessions.connectionLimiter().permit(clock, waiter::signal, () -> {});
        this.gate = gate;
        this.clock = clock;
        this.waiter = waiter;
    }

    /** The current session, an idle one from the pool, or a new one. */
    SourceSession open() throws SQLException, WokenUpException {
        if (session == null) {
            acquirePermit();
            connecting = Thread.currentThread();
            try {
                if (waiter.isWoken()) {
                    throw new WokenUpException();
                }
                SourceSession acquired = sessions.acquire(mapping);
                synchronized (lock) {
                    session = acquired;
                }
            } finally {
                connecting = null;
                // a late interrupt must not reach other code
                Thread.interrupted();
            }
        }
        return session;
    }

    /** The session of the running poll. */
    SourceSession current() {
        return session;
    }

    private void acquirePermit() throws WokenUpException {
        boolean hasPermit;
        do {
            // polled, because no signal is sent when the permit's maximum wait is over
            hasPermit =
                    waiter.await(
                            gate, clock.instant().plus(PERMIT_CHECK_INTERVAL), permit::tryAcquire);
        } while (!hasPermit);
    }

    /** Whether a failure may be due to an idle session that the server has closed. */
    boolean mayBeStale() {
        return session != null && session.isReused();
    }

    /** Closes all idle sessions, so that the next one is new. */
    void renew() {
        abandon();
        sessions.closeIdle();
    }

    /** Ends the poll: ends its database snapshot and returns the session to the pool. */
    void endPoll(Instant nextPoll) throws SQLException {
        session.endSnapshot();
        SourceSession detached = detach();
        sessions.release(detached, Duration.between(clock.instant(), nextPoll), clock);
        permit.release();
    }

    /** Aborts the running statement. The connection is unusable then and is closed. */
    void abandon() {
        SourceSession detached = detach();
        if (detached != null) {
            detached.abort();
        }
        permit.release();
    }

    /** From here on a wake-up cannot abort the session, which another mapping may use soon. */
    private SourceSession detach() {
        synchronized (lock) {
            SourceSession detached = session;
            session = null;
            return detached;
        }
    }

    /** Aborts the running statement, from any thread. */
    void wakeUp() {
        synchronized (lock) {
            if (session != null) {
                session.abort();
            }
        }
        Thread thread = connecting;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Aborts a session that does not respond, unless it was returned. From any thread. */
    void abort(SourceSession unresponsive) {
        synchronized (lock) {
            if (session == unresponsive) {
                unresponsive.abort();
            }
        }
    }

    void close() {
        abandon();
        sessions.close();
    }
}
