package com.evolvishub.cdc.source.schedule;

import com.evolvishub.cdc.source.session.DatabaseClock;
import java.time.Clock;
import java.util.Objects;

/**
 * The clocks of a source.
 *
 * @param wall the clock of schedules
 * @param steady the clock against which the database's clock is measured: it is never set
 * @param database the expression of the database's clock
 */
public record SourceClocks(Clock wall, Clock steady, DatabaseClock database) {

    public SourceClocks {
        Objects.requireNonNull(wall, "wall");
        Objects.requireNonNull(steady, "steady");
        Objects.requireNonNull(database, "database");
    }

    /** This machine's clocks, and the server's. */
    public static SourceClocks system() {
        return new SourceClocks(Clock.systemUTC(), new MonotonicClock(), DatabaseClock.SERVER);
    }
}
