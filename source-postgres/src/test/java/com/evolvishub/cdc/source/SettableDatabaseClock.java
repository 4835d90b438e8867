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
 * A database's clock that a test can set: {@code db_now()} for writers and readers alike. Time can
 * also be made to pass, so that nobody waits until a look-back is over.
 */
public final class SettableDatabaseClock {

    public static final DatabaseClock CLOCK = new DatabaseClock("public.db_now()");

    /** What a client sends first in each transaction. */
    static final String BEGIN = "SELECT set_config('test.began', db_now()::text, true)";

    private Sender sender;
    private String off = "0";
    private Duration passed = Duration.ZERO;

    public SettableDatabaseClock(Database database) {
        sender = database::execute;
        database.execute(
                "CREATE TABLE shift (by interval)",
                "INSERT INTO shift VALUES ('0')",
                "CREATE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT pg_catalog.now() + by FROM public.shift'",
                // a transaction's time stands still, also when the clock is set meanwhile
                "CREATE FUNCTION began() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT current_setting(''test.began'')::timestamptz'");
    }

    /** Sends a statement to the database. */
    interface Sender {
        /** Takes effect at once. */
        void send(String sql) throws SQLException;
    }

    /** Where time passes often: over this connection from here on. */
    SettableDatabaseClock over(Statement connected) {
        sender = connected::execute;
        return this;
    }

    /** From here on the clock is off by so much. */
    public void set(String interval) throws SQLException {
        off = interval;
        shift();
    }

    /** So much time goes by, at the database and on our clocks. */
    public void pass(Duration by) throws SQLException {
        passed = passed.plus(by);
        shift();
    }

    /** The clock is right, and no time has been made to pass. */
    void reset() throws SQLException {
        off = "0";
        passed = Duration.ZERO;
        shift();
    }

    private void shift() throws SQLException {
        sender.send(
                "UPDATE shift SET by = interval '%s' + interval '%d ms'"
                        .formatted(off, passed.toMillis()));
    }

    /** A clock of ours that goes as this machine's does. */
    public Clock ours() {
        return new Ours(new MonotonicClock());
    }

    /**
     * A clock of ours on which no time goes by but what is made to pass: however long this machine
     * stands still, it never looks as if the database's clock had been set back.
     */
    Clock oursBetweenPauses() {
        return new Ours(new ManualClock());
    }

    private final class Ours extends Clock {
        private final Clock going;

        private Ours(Clock going) {
            this.going = going;
        }

        @Override
        public Instant instant() {
            return going.instant().plus(passed);
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
