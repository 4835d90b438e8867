package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * Which sent rows the change detector must keep in the dedupe state, because a later poll may read
 * them again. Follows the {@link PollStarted} of a watermark scan and ends at the change detector.
 *
 * <p>Distances are in units of the watermark's own type, see {@code WatermarkScale}. For a type
 * without distances, poll numbers are used as positions.
 *
 * @param poll number of the poll
 * @param scale name of the scale of the watermark's type
 * @param keepAll whether no row may be evicted
 * @param lowWatermark rows at or above it are kept, whatever the position is; {@link #NONE}: no
 *     open transaction pins one
 * @param lowWatermarkPoll the same, as the position at which this poll began; {@link #NONE}: none
 * @param distance rows at most this far below the highest one are kept
 * @param position upper limit of the highest one: it decreases when the database's clock goes back;
 *     {@link #NONE}: not known
 */
public record DedupeWindow(
        long poll,
        String scale,
        boolean keepAll,
        long lowWatermark,
        long lowWatermarkPoll,
        long distance,
        long position)
        implements PipelineElement, Serializable {

    /** No value. */
    public static final long NONE = Long.MAX_VALUE;

    /** With a position that is not known. */
    public DedupeWindow(
            long poll,
            String scale,
            boolean keepAll,
            long lowWatermark,
            long lowWatermarkPoll,
            long distance) {
        this(poll, scale, keepAll, lowWatermark, lowWatermarkPoll, distance, NONE);
    }

    public DedupeWindow {
        Objects.requireNonNull(scale, "scale");
    }
}
