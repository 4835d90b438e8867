package com.evolvishub.cdc.sink.spi;

import java.util.List;

/**
 * Rows at a destination that a load did not write.
 *
 * @param rows all rows at the destination
 * @param extra rows that the load did not write
 * @param firstKeys keys of some extra rows, human-readable
 * @param deadLettered rows of the load that are dead letters: older versions of them may be among
 *     the extra rows
 * @param createdByTool whether this tool created the table
 * @param otherWriters identities of other pipelines that deliver to the same table
 * @param deleted extra rows that were deleted
 */
public record ExtraRows(
        long rows,
        long extra,
        List<String> firstKeys,
        long deadLettered,
        boolean createdByTool,
        List<String> otherWriters,
        long deleted) {
    public ExtraRows {
        firstKeys = List.copyOf(firstKeys);
        otherWriters = List.copyOf(otherWriters);
    }

    /** A copy with this number of deleted rows. */
    public ExtraRows withDeleted(long count) {
        return new ExtraRows(
                rows, extra, firstKeys, deadLettered, createdByTool, otherWriters, count);
    }
}
