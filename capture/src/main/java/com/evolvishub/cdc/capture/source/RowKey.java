package com.evolvishub.cdc.capture.source;

import java.util.List;

/**
 * What tells rows apart. Decided once, when both ends are first reached, and kept: a key that
 * changed on the way would make every row look new.
 *
 * @param decided whether it is known
 * @param columns source columns; empty: rows have no key
 */
record RowKey(boolean decided, List<String> columns) {

    static final RowKey UNDECIDED = new RowKey(false, List.of());

    RowKey {
        columns = List.copyOf(columns);
    }
}
