package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Columns of a row, in the order of its COPY text, and which of them are its key. One instance is
 * shared by all rows of a read.
 *
 * @param columns at least one, no name and no target twice
 * @param key positions of the key's columns, in the key's order; empty: no key
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

    /** Whether rows can be told apart by columns of their own. */
    public boolean isKeyed() {
        return !key.isEmpty();
    }

    /** The key's columns, in the key's order. */
    public List<Column> keyColumns() {
        return key.stream().map(columns::get).toList();
    }
}
