package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns of a row, in the order of its COPY text, and its key. One instance is shared by all
 * rows of a read.
 *
 * @param columns at least one, with unique names and targets
 * @param key positions of the key columns, in key order; empty: no key
 */
public record RowSchema(List<Column> columns, List<Integer> key) implements Serializable {

    public RowSchema {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        Set<String> targets = new HashSet<>();
        for (Column column : columns) {
            if (!targets.add(column.target())) {
                throw new IllegalArgumentException("column twice: " + column.target());
            }
        }
        for (int position : key) {
            if (position < 0 || position >= columns.size()) {
                throw new IllegalArgumentException(
                        "key position %d of %d columns".formatted(position, columns.size()));
            }
        }
    }

    /** Whether columns identify a row. */
    public boolean isKeyed() {
        return !key.isEmpty();
    }

    /** The key columns, in key order. */
    public List<Column> keyColumns() {
        return key.stream().map(columns::get).toList();
    }
}
