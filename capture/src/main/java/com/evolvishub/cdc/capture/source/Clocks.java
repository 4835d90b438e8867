package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.DatabaseClock;
import java.time.Clock;
import java.util.Objects;

/**
 * The clocks that capture goes by.
 *
 * @param wall schedules go by it
 * @param steady the database's clock is measured against it: nobody sets it while it runs
 * @param database how the database is asked for its own
 */
record Clocks(Clock wall, Clock steady, DatabaseClock database) {

    Clocks {
        Objects.requireNonNull(wall, "wall");
        Objects.requireNonNull(steady, "steady");
        Objects.requireNonNull(database, "database");
    }

    /** Those of this machine, and the server's. */
    static Clocks system() {
        return new Clocks(Clock.systemUTC(), new SteadyClock(), DatabaseClock.SERVER);
    }
}
