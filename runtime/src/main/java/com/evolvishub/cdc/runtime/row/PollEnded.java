package com.evolvishub.cdc.runtime.row;

import java.time.Instant;
import java.util.Objects;

/**
 * A read of the source has ended.
 *
 * @param poll number of the poll
 * @param complete whether everything the poll had to read was read, in one snapshot; only then may
 *     a missing row be taken for a deleted one
 * @param asOf the source's own time at the snapshot: what it could show then is in the rows before
 * @param provesAbsence whether a row that this read has not shown is gone at the source, without a
 *     second read
 */
public record PollEnded(long poll, boolean complete, Instant asOf, boolean provesAbsence)
        implements PipelineElement {
    public PollEnded {
        Objects.requireNonNull(asOf, "asOf");
    }

    /** The end of a read that proves nothing about rows it has not shown. */
    public PollEnded(long poll, boolean complete, Instant asOf) {
        this(poll, complete, asOf, false);
    }
}
