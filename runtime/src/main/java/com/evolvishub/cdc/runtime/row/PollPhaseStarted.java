package com.evolvishub.cdc.runtime.row;

import java.util.List;
import java.util.Objects;

/**
 * A phase of the poll begins: the rows that follow are read in another way. Ends at the change
 * detector.
 *
 * @param poll number of the poll
 * @param phase how the rows are read
 * @param keys keys that were looked up, as COPY text; empty in other phases
 */
public record PollPhaseStarted(long poll, Phase phase, List<byte[]> keys)
        implements PipelineElement {

    /** How the rows of a phase are read. */
    public enum Phase {
        /** Rows that the change detector asked for, looked up by key. */
        KEY_LOOKUP,
        /** Rows of the range, in watermark order. */
        RANGE,
        /** All rows whose watermark is above the database's clock. */
        FUTURE
    }

    public PollPhaseStarted {
        Objects.requireNonNull(phase, "kind");
        keys = List.copyOf(keys);
    }
}
