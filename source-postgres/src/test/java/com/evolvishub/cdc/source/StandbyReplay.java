package com.evolvishub.cdc.source;

import com.evolvishub.cdc.testing.postgres.Database;
import java.util.Optional;

/** A standby's replay, which can be paused at any time; or none, if the source itself is read. */
final class StandbyReplay implements AutoCloseable {

    static final StandbyReplay NONE = new StandbyReplay(Optional.empty());

    private final Optional<Database> replica;
    private boolean paused;

    private StandbyReplay(Optional<Database> replica) {
        this.replica = replica;
    }

    /** The replay of the shared pair's standby. */
    static StandbyReplay of(Database source) {
        return new StandbyReplay(Optional.of(PrimaryWithStandby.shared().replica(source)));
    }

    /** Pauses or resumes the replay. */
    void toggle() {
        if (replica.isEmpty()) {
            return;
        }
        String call = paused ? "pg_wal_replay_resume()" : "pg_wal_replay_pause()";
        replica.get().execute("SELECT " + call);
        paused = !paused;
    }

    /** The database to read, after it has replayed everything from the source. */
    Database catchUp(Database source) {
        if (paused) {
            toggle();
        }
        replica.ifPresent(standby -> PrimaryWithStandby.replay(source, standby));
        return replica.orElse(source);
    }

    @Override
    public void close() {
        if (paused) {
            toggle();
        }
    }
}
