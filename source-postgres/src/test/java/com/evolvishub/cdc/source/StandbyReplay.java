package com.evolvishub.cdc.source;

import com.evolvishub.cdc.testing.postgres.Database;
import java.util.Optional;

/**
 * A standby's replay, which may be paused at any time; or none, where the source itself is read.
 */
final class StandbyReplay implements AutoCloseable {

    static final StandbyReplay NONE = new StandbyReplay(Optional.empty());

    private final Optional<Database> replica;
    private boolean paused;

    private StandbyReplay(Optional<Database> replica) {
        this.replica = replica;
    }

    /** Of the pair's standby. */
    static StandbyReplay of(Database source) {
        return new StandbyReplay(Optional.of(PrimaryWithStandby.shared().replica(source)));
    }

    /** Pauses it, or lets it go on. */
    void toggle() {
        if (replica.isEmpty()) {
            return;
        }
        String call = paused ? "pg_wal_replay_resume()" : "pg_wal_replay_pause()";
        replica.get().execute("SELECT " + call);
        paused = !paused;
    }

    /** What is to be read, once it shows all that the source has. */
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
