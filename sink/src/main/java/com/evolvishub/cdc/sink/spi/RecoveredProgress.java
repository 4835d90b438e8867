package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.sink.progress.Progress;
import java.util.Objects;

/**
 * What a client found when it took the lane.
 *
 * @param epoch the epoch it writes under from now on
 * @param progress what the destination's progress record says; of rows that it counts and that were
 *     written to another table, topic or stream than the one that is there, only those that the
 *     pipeline has acknowledged. With that target, if the rows are known to be there
 * @param target what the destination looks like
 */
public record RecoveredProgress(long epoch, Progress progress, DestinationDescription target) {
    public RecoveredProgress {
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(target, "target");
    }

    /** Number of the last row that the destination holds; 0: it holds none. */
    public long lastSequence() {
        return progress.lastSequence();
    }
}
