package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import java.io.Serializable;
import java.util.Objects;

/**
 * The limit of a row's size, and what is done with a larger row.
 *
 * @param maxBytes bytes of its COPY text; 0: derived from the heap size
 * @param onBadRow whether a larger row stops the mapping or is skipped
 */
public record RowSizeLimit(long maxBytes, BadRowPolicy onBadRow) implements Serializable {

    /** The default. */
    public static final RowSizeLimit DEFAULT = new RowSizeLimit(0, BadRowPolicy.QUARANTINE);

    /**
     * One row may take 1/16 of the heap: several copies of it and other rows are in memory
     * together.
     */
    private static final long PART_OF_HEAP = 16;

    public RowSizeLimit {
        Objects.requireNonNull(onBadRow, "onBadRow");
    }

    /** The limit in bytes for a JVM with a maximum heap of {@code heapBytes}. */
    public long bytes(long heapBytes) {
        return maxBytes > 0 ? maxBytes : heapBytes / PART_OF_HEAP;
    }
}
