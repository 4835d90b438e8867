package com.evolvishub.cdc.connectors.postgres.session;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.runtime.connection.ConnectionLimiter;
import java.sql.SQLException;
import java.time.Clock;

/**
 * A pipeline's connection permit at its destination. One thread acquires it; {@link #close} and
 * release requests of other pipelines come from any thread.
 */
public final class DestinationConnectionPermit implements AutoCloseable {

    private static final long RETRY_MILLIS = 250;

    private final ConnectionLimiter limiter;
    private final ConnectionLimiter.Permit permit;
    private boolean closed;
    private volatile boolean releaseRequested;
    private volatile Runnable releaseCallback = () -> {};

    public DestinationConnectionPermit(EndpointSpec endpoint) {
        limiter =
                ConnectionLimiter.forServer(
                        "writing", endpoint.connection().host(), endpoint.connection().port());
        permit = limiter.permit(Clock.systemUTC(), this::signal, this::onRequest);
    }

    /** Waits for a permit, for a few seconds at most. */
    public synchronized void acquire() throws SQLException {
        try {
            while (!closed && !permit.tryAcquire()) {
                wait(RETRY_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for a connection", interrupted);
        }
        if (closed) {
            throw new SQLException("closed");
        }
    }

    private synchronized void signal() {
        notifyAll();
    }

    private void onRequest() {
        releaseRequested = true;
        releaseCallback.run();
    }

    public void touch() {
        permit.markUsed();
    }

    public void reportMaxConnections(int connections) {
        limiter.setServerMaxConnections(connections);
    }

    public void onReleaseRequested(Runnable callback) {
        releaseCallback = callback;
        if (releaseRequested) {
            // requested before the callback was set
            callback.run();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        permit.release();
    }
}
