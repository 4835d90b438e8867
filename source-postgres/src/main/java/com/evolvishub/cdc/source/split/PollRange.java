package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.Objects;

/**
 * What an unfinished read asks for and how far it has come. The upper bound is not kept: a read
 * that goes on takes the database's time anew.
 *
 * @param lower rows above it are asked for; at the start: all
 * @param included whether rows at {@code lower} are asked for too
 * @param resume the last row that was emitted; at the start: none yet
 * @param beyond whether that row lay above everything that was read before
 */
public record PollRange(
        WatermarkPosition lower,
        boolean lowerIncluded,
        WatermarkPosition resume,
        boolean aboveHighWatermark) {

    public static final PollRange ALL =
            new PollRange(WatermarkPosition.START, false, WatermarkPosition.START, false);

    public PollRange {
        Objects.requireNonNull(lower, "lower");
        Objects.requireNonNull(resume, "resume");
    }

    /** A range from its beginning. */
    public static PollRange from(WatermarkPosition lower, boolean included) {
        return new PollRange(lower, included, WatermarkPosition.START, false);
    }

    PollRange resumedAt(WatermarkPosition position, boolean isBeyond) {
        // rows come in order: behind one that lies beyond all do, also those of its tie that are
        // shown again when a read goes on
        return new PollRange(lower, lowerIncluded, position, aboveHighWatermark || isBeyond);
    }
}
