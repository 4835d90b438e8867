package com.evolvishub.cdc.capture.source;

import java.util.List;

/**
 * The columns that identify a row. Decided once, when both ends are first reached, and kept: a key
 * that changed on the way would make every row look new.
 *
 * @param columns source columns; empty: rows have no key
 */
record RowKey(From from, List<String> columns) {

    /** What decided the key. */
    enum From {
        UNDECIDED,
        /** {@code key:} of the mapping. */
        FILE,
        /** The primary key of the source table. */
        SOURCE,
        /** The primary key of the destination table, or there is no key. */
        DESTINATION
    }

    static final RowKey UNDECIDED = new RowKey(From.UNDECIDED, List.of());

    RowKey {
        columns = List.copyOf(columns);
    }

    boolean decided() {
        return from != From.UNDECIDED;
    }
}
