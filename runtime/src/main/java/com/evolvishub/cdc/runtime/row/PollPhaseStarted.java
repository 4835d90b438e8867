package com.evolvishub.cdc.runtime.row;

import com.evolvishub.cdc.runtime.pipeline.KeyLookupRequests;
import java.util.List;
import java.util.Objects;

/**
 * The rows of the poll that follow stand outside the range that is read in order. Goes no further
 * than the step that compares.
 *
 * @param poll number of the poll
 * @param kind what they are
 * @param keys that were looked up, as COPY text; nothing in other sections
 */
public record PollPhaseStarted(long poll, Phase phase, List<byte[]> keys)
        implements PipelineElement {

    /** What the rows of a section are. */
    public enum Phase {
        /** The rows that were asked for by key: see {@link KeyLookupRequests}. */
        KEY_LOOKUP,
        /** The rows that are read in order. */
        RANGE,
        /** All rows whose watermark lies above the database's clock. */
        FUTURE
    }

    public PollPhaseStarted {
        Objects.requireNonNull(phase, "kind");
        keys = List.copyOf(keys);
    }
}
