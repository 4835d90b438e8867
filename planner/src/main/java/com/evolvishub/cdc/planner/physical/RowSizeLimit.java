package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import java.io.Serializable;
import java.util.Objects;

/**
 * How large a row may be, and what becomes of one that is larger.
 *
 * @param maxBytes of its COPY text; 0: as the heap allows
 * @param onBadRow whether a larger row stops the mapping or is left out
 */
public record RowSizeLimit(long maxBytes, BadRowPolicy onBadRow) implements Serializable {

    /** What holds where the file says nothing. */
    public static final RowSizeLimit DEFAULT = new RowSizeLimit(0, BadRowPolicy.QUARANTINE);

    /** Parts of the heap: a row is held several times on its way, and beside others. */
    private static final long PART_OF_HEAP = 16;

    public RowSizeLimit {
        Objects.requireNonNull(onBadRow, "onBadRow");
    }

    /** The limit in bytes of a JVM whose heap may grow to {@code heapBytes}. */
    public long bytes(long heapBytes) {
        return maxBytes > 0 ? maxBytes : heapBytes / PART_OF_HEAP;
    }
}
