package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Target;
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
public record LaneOpening(long epoch, Progress progress, Target target) {
    public LaneOpening {
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(target, "target");
    }

    /** Number of the last row that the destination holds; 0: it holds none. */
    public long lastNumber() {
        return progress.number();
    }
}
