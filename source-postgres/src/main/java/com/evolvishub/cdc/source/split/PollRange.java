package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.Objects;

/**
 * The range of an unfinished read and its progress. The upper bound is not kept: a resumed read
 * uses the database's current time.
 *
 * @param lower rows above it are selected; the start: all rows
 * @param lowerIncluded whether rows at {@code lower} are selected too
 * @param resume the last row that was emitted; the start: none yet
 * @param aboveHighWatermark whether that row lay above everything read before
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

    /** A range that starts at its lower bound. */
    public static PollRange from(WatermarkPosition lower, boolean lowerIncluded) {
        return new PollRange(lower, lowerIncluded, WatermarkPosition.START, false);
    }

    PollRange resumedAt(WatermarkPosition position, boolean isNew) {
        // rows come in order: after a new row all are new, also rows with an equal watermark that a
        // resumed read returns again
        return new PollRange(lower, lowerIncluded, position, aboveHighWatermark || isNew);
    }
}
