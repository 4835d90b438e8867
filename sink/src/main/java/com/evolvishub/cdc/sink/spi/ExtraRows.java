package com.evolvishub.cdc.sink.spi;

import java.util.List;

/**
 * Rows at a destination that a load did not write.
 *
 * @param rows all rows there
 * @param extra those that the load did not write
 * @param firstKeys keys of some of them, for people
 * @param putAside rows of the load that the destination refused: an older version of one may be
 *     among the extra rows
 * @param madeByTool whether the table was made by this tool
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

    /** The same once so many were deleted. */
    public ExtraRows withDeleted(long gone) {
        return new ExtraRows(
                rows, extra, firstKeys, deadLettered, createdByTool, otherWriters, gone);
    }
}
