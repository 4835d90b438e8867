package com.evolvishub.cdc.runtime.row;

import java.time.Instant;
import java.util.Objects;

/**
 * A read of the source has ended.
 *
 * @param poll number of the poll
 * @param complete whether the poll read its whole range in one snapshot; only then may a missing
 *     row count as deleted
 * @param asOf the source's time at the snapshot; the rows before contain everything visible then
 * @param provesAbsence whether a row missing from this read is deleted at the source, without a
 *     second read
 */
public record PollEnded(long poll, boolean complete, Instant asOf, boolean provesAbsence)
        implements PipelineElement {
    public PollEnded {
        Objects.requireNonNull(asOf, "asOf");
    }

    /** The end of a read that proves nothing about missing rows. */
    public PollEnded(long poll, boolean complete, Instant asOf) {
        this(poll, complete, asOf, false);
    }
}
