package com.evolvishub.cdc.source;

import com.evolvishub.cdc.source.schedule.MonotonicClock;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A database's clock that a test can set: {@code db_now()} for writers and readers. A test can also
 * simulate the passing of time, so that it need not wait for a lookback.
 */
public final class SettableDatabaseClock {

    public static final DatabaseClock CLOCK = new DatabaseClock("public.db_now()");

    /** The first statement of a client in each transaction. */
    static final String BEGIN = "SELECT set_config('test.began', db_now()::text, true)";

    private Sender sender;
    private String offset = "0";
    private Duration passed = Duration.ZERO;

    public SettableDatabaseClock(Database database) {
        sender = database::execute;
        database.execute(
                "CREATE TABLE shift (by interval)",
                "INSERT INTO shift VALUES ('0')",
                "CREATE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT pg_catalog.now() + by FROM public.shift'",
                // the time of a transaction is fixed, even if the clock is set meanwhile
                "CREATE FUNCTION began() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT current_setting(''test.began'')::timestamptz'");
    }

    /** Sends a statement to the database. */
    interface Sender {
        /** Executes the statement at once. */
        void send(String sql) throws SQLException;
    }

    /** Uses this connection from now on; faster when time passes often. */
    SettableDatabaseClock over(Statement connected) {
        sender = connected::execute;
        return this;
    }

    /** Sets the offset of the clock. */
    public void set(String interval) throws SQLException {
        offset = interval;
        updateOffset();
    }

    /** Simulates the passing of time, at the database and on the local clocks. */
    public void pass(Duration by) throws SQLException {
        passed = passed.plus(by);
        updateOffset();
    }

    /** Resets the offset and the simulated time. */
    void reset() throws SQLException {
        offset = "0";
        passed = Duration.ZERO;
        updateOffset();
    }

    private void updateOffset() throws SQLException {
        sender.send(
                "UPDATE shift SET by = interval '%s' + interval '%d ms'"
                        .formatted(offset, passed.toMillis()));
    }

    /** A local clock that follows this machine's clock and the simulated time. */
    public Clock localClock() {
        return new LocalClock(new MonotonicClock());
    }

    /**
     * A local clock that follows only the simulated time: a pause of this machine never looks like
     * a backward step of the database's clock.
     */
    Clock simulatedClock() {
        return new LocalClock(new ManualClock());
    }

    private final class LocalClock extends Clock {
        private final Clock base;

        private LocalClock(Clock base) {
            this.base = base;
        }

        @Override
        public Instant instant() {
            return base.instant().plus(passed);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
