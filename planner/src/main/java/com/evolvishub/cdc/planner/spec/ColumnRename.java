package com.evolvishub.cdc.planner.spec;

import java.io.Serializable;
import java.util.Objects;

/**
 * One line of {@code column_mapping}.
 *
 * @param from the column's name at the source
 * @param to its name at the destination
 */
public record ColumnRename(String from, String to) implements Serializable {

    public ColumnRename {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
    }
}
