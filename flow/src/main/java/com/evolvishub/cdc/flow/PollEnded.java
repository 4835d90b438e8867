package com.evolvishub.cdc.flow;

import java.time.Instant;
import java.util.Objects;

/**
 * A read of the source has ended.
 *
 * @param poll number of the poll
 * @param complete whether everything the poll had to read was read, in one snapshot; only then may
 *     a missing row be taken for a deleted one
 * @param asOf the source's own time at the snapshot: what it could show then is in the rows before
 */
public record PollEnded(long poll, boolean complete, Instant asOf) implements FlowElement {
    public PollEnded {
        Objects.requireNonNull(asOf, "asOf");
    }
}
