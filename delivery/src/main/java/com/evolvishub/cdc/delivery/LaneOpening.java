package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Target;
import java.util.Objects;

/**
 * What a client found when it took the lane.
 *
 * @param epoch the epoch it writes under from now on
 * @param lastNumber number of the last row the destination holds; 0: it holds none
 * @param target what the destination looks like
 */
public record LaneOpening(long epoch, long lastNumber, Target target) {
    public LaneOpening {
        Objects.requireNonNull(target, "target");
    }
}
