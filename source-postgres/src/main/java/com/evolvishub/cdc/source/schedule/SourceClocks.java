package com.evolvishub.cdc.source.schedule;

import com.evolvishub.cdc.source.session.DatabaseClock;
import java.time.Clock;
import java.util.Objects;

/**
 * The clocks that capture goes by.
 *
 * @param wall schedules go by it
 * @param steady the database's clock is measured against it: nobody sets it while it runs
 * @param database how the database is asked for its own
 */
public record SourceClocks(Clock wall, Clock steady, DatabaseClock database) {

    public SourceClocks {
        Objects.requireNonNull(wall, "wall");
        Objects.requireNonNull(steady, "steady");
        Objects.requireNonNull(database, "database");
    }

    /** Those of this machine, and the server's. */
    public static SourceClocks system() {
        return new SourceClocks(Clock.systemUTC(), new MonotonicClock(), DatabaseClock.SERVER);
    }
}
