package com.evolvishub.cdc.flow;

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
public record Section(long poll, Kind kind, List<byte[]> keys) implements FlowElement {

    /** What the rows of a section are. */
    public enum Kind {
        /** The rows that were asked for by key: see {@link KeyLookups}. */
        LOOKED_UP,
        /** The rows that are read in order. */
        RANGE,
        /** All rows whose watermark lies above the database's clock. */
        FUTURE
    }

    public Section {
        Objects.requireNonNull(kind, "kind");
        keys = List.copyOf(keys);
    }
}
