package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a lane has to remember of the rows it sends, because a later poll may read them again.
 * Stands behind the {@link PollStarted} of a watermark scan and goes no further than the step that
 * compares.
 *
 * <p>Distances are in units of the watermark's own type, see {@code WatermarkScale}; polls stand
 * for positions where a type has no distances.
 *
 * @param poll number of the poll
 * @param scale name of the scale that the watermark's type has
 * @param everything whether nothing may be forgotten
 * @param floor rows at or above it are remembered, wherever the position is; {@link #NONE}: no
 *     transaction holds one
 * @param floorPoll likewise, the position at which this poll began; {@link #NONE}: none
 * @param window rows are remembered that lie no further behind the highest one
 * @param position what counts as the highest one at most: it goes back when the database's clock
 *     does; {@link #NONE}: not known
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

    /** No floor. */
    public static final long NONE = Long.MAX_VALUE;

    /** Of a position that is not known. */
    public DedupeWindow(
            long poll, String scale, boolean everything, long floor, long floorPoll, long window) {
        this(poll, scale, everything, floor, floorPoll, window, NONE);
    }

    public DedupeWindow {
        Objects.requireNonNull(scale, "scale");
    }
}
