package com.evolvishub.cdc.source.session;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.postgresql.util.PSQLState;

/**
 * The statement that a session's thread waits for, so that another thread can cancel it.
 *
 * <p>A cancel request names a server process, not a statement. A request that arrives between two
 * statements is lost, and the next statement would run without a reader. So no statement begins
 * once the session is being closed, and the request is sent again while a statement runs.
 */
final class RunningStatement {

    /** A cancel request returns before the statement notices it. */
    private static final long NOTICE_MILLIS = 100;

    /** After this many requests the connection is closed anyway: the server is unreachable. */
    private static final int MAX_REQUESTS = 10;

    private Thread waiting;
    private boolean closing;

    /** Sends a cancel request. */
    interface Cancel {
        /** Returns when the server has received the request. */
        void send() throws SQLException;
    }

    /** A statement is about to be sent. Fails if the session is being closed. */
    synchronized void begin() throws SQLException {
        if (closing) {
            throw new SQLException(
                    "the session was ended: nothing more is sent",
                    PSQLState.CONNECTION_DOES_NOT_EXIST.getState());
        }
        waiting = Thread.currentThread();
    }

    /** The statement has returned or failed. */
    synchronized void end() {
        waiting = null;
        notifyAll();
    }

    /** Whether no further statement may begin. */
    synchronized boolean isClosing() {
        return closing;
    }

    /**
     * Rejects further statements and cancels the running one, from any thread. Sends at least one
     * request: a COPY may be running although no thread waits for its rows at the moment.
     */
    void cancel(Cancel request) {
        synchronized (this) {
            closing = true;
        }
        try {
            request.send();
            for (int requests = 1; requests < MAX_REQUESTS && isStillRunning(); requests++) {
                request.send();
            }
        } catch (SQLException unreachable) {
            // the connection is closed next: the server cannot be notified otherwise
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isStillRunning() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICE_MILLIS);
        long remaining = NOTICE_MILLIS;
        while (waiting != null && waiting != Thread.currentThread() && remaining > 0) {
            wait(remaining);
            remaining = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        return waiting != null && waiting != Thread.currentThread();
    }
}
