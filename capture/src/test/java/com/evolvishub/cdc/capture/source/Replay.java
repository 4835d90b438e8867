package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.StandbyPair;
import com.evolvishub.cdc.servers.Database;
import java.util.Optional;

/**
 * A standby's replay, which may be paused at any time; or none, where the source itself is read.
 */
final class Replay implements AutoCloseable {

    static final Replay NONE = new Replay(Optional.empty());

    private final Optional<Database> replica;
    private boolean paused;

    private Replay(Optional<Database> replica) {
        this.replica = replica;
    }

    /** Of the pair's standby. */
    static Replay of(Database source) {
        return new Replay(Optional.of(StandbyPair.shared().replica(source)));
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
        replica.ifPresent(standby -> StandbyPair.replay(source, standby));
        return replica.orElse(source);
    }

    @Override
    public void close() {
        if (paused) {
            toggle();
        }
    }
}
