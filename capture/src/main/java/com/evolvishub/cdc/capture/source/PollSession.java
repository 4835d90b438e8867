package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.postgres.SourceSessions;
import com.evolvishub.cdc.capture.source.Pause.WokenUpException;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.Seats;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The session that a mapping has while it polls, and the seat at the server that goes with it. Used
 * by the polling thread; only {@link #wakeUp} may be called from another one.
 */
final class PollSession {

    private static final Duration SEAT_LOOK = Duration.ofMillis(250);

    private final String mapping;
    private final SourceSessions sessions;
    private final Seats.Seat seat;
    private final Gate gate;
    private final Clock clock;
    private final Pause pause;
    private final Object handover = new Object();
    private SourceSession session;
    private volatile Thread connecting;

    PollSession(Pipeline pipeline, Gate gate, Clock clock, Pause pause) {
        this.mapping = pipeline.mapping();
        this.sessions = SourceSessions.join(pipeline.scan().source().connection());
        this.seat = sessions.seats().seat(clock, pause::signal, () -> {});
        this.gate = gate;
        this.clock = clock;
        this.pause = pause;
    }

    /** The session at hand, or one that rested, or a new one. */
    SourceSession open() throws SQLException, WokenUpException {
        if (session == null) {
            takeSeat();
            connecting = Thread.currentThread();
            try {
                if (pause.isWoken()) {
                    throw new WokenUpException();
                }
                SourceSession taken = sessions.take(mapping);
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

    private void takeSeat() throws WokenUpException {
        boolean sits;
        do {
            // looked at again and again: nobody tells when patience is at its end
            sits = pause.await(gate, clock.instant().plus(SEAT_LOOK), seat::tryTake);
        } while (!sits);
    }

    /** Whether a failure may be due to a rest in which the server cut the session off. */
    boolean mayBeStale() {
        return session != null && session.rested();
    }

    /** Starts over with a session that never rested. */
    void renew() {
        giveUp();
        sessions.closeResting();
    }

    /** The poll is over: its snapshot is let go, and the session is anybody's. */
    void endPoll(Instant nextPoll) throws SQLException {
        session.endSnapshot();
        SourceSession own = letGo();
        sessions.giveBack(own, Duration.between(clock.instant(), nextPoll), clock);
        seat.release();
    }

    /** Ends what is under way. The connection is out of step then, so it goes too. */
    void giveUp() {
        SourceSession own = letGo();
        if (own != null) {
            own.abort();
        }
        seat.release();
    }

    /** From here on a wake-up does not reach it: it may be another mapping's in a moment. */
    private SourceSession letGo() {
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
        giveUp();
        sessions.close();
    }
}
