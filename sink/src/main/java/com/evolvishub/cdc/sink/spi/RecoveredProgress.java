package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.sink.progress.Progress;
import java.util.Objects;

/**
 * What a client found when it opened the pipeline.
 *
 * @param epoch the epoch that it writes with from now on
 * @param progress the destination's progress record. Rows that it counts but that were written to
 *     another table, topic or stream than the existing one count only if the pipeline's state has
 *     them as acknowledged. Names the target if the rows are known to be in it
 * @param target description of the destination
 */
public record RecoveredProgress(long epoch, Progress progress, DestinationDescription target) {
    public RecoveredProgress {
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(target, "target");
    }

    /** Sequence number of the last row that the destination holds; 0: none. */
    public long lastSequence() {
        return progress.lastSequence();
    }
}
