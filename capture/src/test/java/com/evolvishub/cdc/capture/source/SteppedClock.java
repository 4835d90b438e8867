package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.DatabaseClock;
import com.evolvishub.cdc.servers.Database;

/** A database's clock that a test can set: {@code db_now()} for writers and readers alike. */
final class SteppedClock {

    static final DatabaseClock CLOCK = new DatabaseClock("public.db_now()");

    private final Database database;

    SteppedClock(Database database) {
        this.database = database;
        database.execute(
                "CREATE TABLE shift (by interval)",
                "INSERT INTO shift VALUES ('0')",
                "CREATE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT pg_catalog.now() + by FROM public.shift'",
                // a transaction's time stands still, also when the clock is set meanwhile
                "CREATE FUNCTION began() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT current_setting(''test.began'')::timestamptz'");
    }

    /** What a client sends first in each transaction. */
    static final String BEGIN = "SELECT set_config('test.began', db_now()::text, true)";

    /** From here on the clock is off by so much. */
    void set(String interval) {
        database.execute("UPDATE shift SET by = '" + interval + "'");
    }
}
