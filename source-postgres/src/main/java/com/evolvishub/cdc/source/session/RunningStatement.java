package com.evolvishub.cdc.source.session;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.postgresql.util.PSQLState;

/**
 * The statement that a session's thread waits for, so that another thread can end it.
 *
 * <p>A cancel request names a server process and no statement: one that arrives between two
 * statements is lost, and the next statement then runs at the server with nobody there to read it.
 * So no statement begins once the session is being ended, and the request is sent again as long as
 * one is under way.
 */
final class RunningStatement {

    /** A cancel request is answered before the statement notices. */
    private static final long NOTICE_MILLIS = 100;

    /** After that the connection is closed all the same: an unreachable server hears nothing. */
    private static final int MAX_REQUESTS = 10;

    private Thread waiting;
    private boolean closing;

    /** Sends a cancel request. */
    interface Cancel {
        /** Returns when the server has taken it. */
        void send() throws SQLException;
    }

    /** A statement is about to be sent. Fails where the session is being ended. */
    synchronized void begin() throws SQLException {
        if (closing) {
            throw new SQLException(
                    "the session was ended: nothing more is sent",
                    PSQLState.CONNECTION_DOES_NOT_EXIST.getState());
        }
        waiting = Thread.currentThread();
    }

    /** Its answer has come, or its failure. */
    synchronized void end() {
        waiting = null;
        notifyAll();
    }

    /** Whether no statement may begin any more. */
    synchronized boolean isClosing() {
        return closing;
    }

    /**
     * Lets no further statement begin, and ends what is under way, from any thread. Sends one
     * request in any case: rows may be under way that nobody waits for at the moment.
     */
    void cancel(Cancel request) {
        synchronized (this) {
            closing = true;
        }
        try {
            request.send();
            for (int sent = 1; sent < MAX_REQUESTS && isStillRunning(); sent++) {
                request.send();
            }
        } catch (SQLException unreachable) {
            // the connection is closed next: there is no other way to tell the server
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isStillRunning() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICE_MILLIS);
        long left = NOTICE_MILLIS;
        while (waiting != null && waiting != Thread.currentThread() && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        return waiting != null && waiting != Thread.currentThread();
    }
}
