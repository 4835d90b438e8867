package com.evolvishub.cdc.source.split;

import java.util.List;

/**
 * The columns that identify a row. They are chosen once, when both endpoints are first reached, and
 * kept: a changed key would make every row look new.
 *
 * @param columns source columns; empty: rows have no key
 */
public record RowKey(DecidedBy decidedBy, List<String> columns) {

    /** What decided the key. */
    public enum DecidedBy {
        UNDECIDED,
        /** {@code key:} of the mapping. */
        FILE,
        /** The primary key of the source table. */
        SOURCE,
        /** The primary key of the destination table, or there is no key. */
        DESTINATION
    }

    static final RowKey UNDECIDED = new RowKey(DecidedBy.UNDECIDED, List.of());

    public RowKey {
        columns = List.copyOf(columns);
    }

    public boolean decided() {
        return decidedBy != DecidedBy.UNDECIDED;
    }
}
