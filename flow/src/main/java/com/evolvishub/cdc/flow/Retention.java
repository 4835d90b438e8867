package com.evolvishub.cdc.flow;

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
 */
public record Retention(
        long poll, String scale, boolean everything, long floor, long floorPoll, long window)
        implements FlowElement, Serializable {

    /** No floor. */
    public static final long NONE = Long.MAX_VALUE;

    public Retention {
        Objects.requireNonNull(scale, "scale");
    }
}
