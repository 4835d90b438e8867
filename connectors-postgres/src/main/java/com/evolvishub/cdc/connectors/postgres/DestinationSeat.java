package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.Seats;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.sql.SQLException;
import java.time.Clock;

/**
 * A lane's seat at its destination. One thread takes it; {@link #close} and the questions of those
 * who wait for it come from any thread.
 */
final class DestinationSeat implements AutoCloseable {

    private static final long LOOK_MILLIS = 250;

    private final Seats seats;
    private final Seats.Seat seat;
    private boolean closed;
    private volatile boolean wanted;
    private volatile Runnable leave = () -> {};

    DestinationSeat(EndpointSpec endpoint) {
        seats = Seats.at("writing", endpoint.connection().host(), endpoint.connection().port());
        seat = seats.seat(Clock.systemUTC(), this::signal, this::asked);
    }

    /** Waits for a seat, for a few seconds at most. */
    synchronized void take() throws SQLException {
        try {
            while (!closed && !seat.tryTake()) {
                wait(LOOK_MILLIS);
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

    private void asked() {
        wanted = true;
        leave.run();
    }

    void used() {
        seat.used();
    }

    void serverTakes(int connections) {
        seats.serverTakes(connections);
    }

    void whenWanted(Runnable calls) {
        leave = calls;
        if (wanted) {
            // asked while it was being opened
            calls.run();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        seat.release();
    }
}
