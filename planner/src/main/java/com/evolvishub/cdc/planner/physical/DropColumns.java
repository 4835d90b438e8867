package com.evolvishub.cdc.planner.physical;

import java.util.List;
import java.util.Objects;

/**
 * Drops excluded columns that were selected only for the key or the watermark. Present only if the
 * file excludes such a column.
 *
 * @param input where the rows come from
 * @param dropped the source columns to drop
 */
public record DropColumns(PhysicalNode input, List<String> dropped) implements PhysicalNode {

    public DropColumns {
        Objects.requireNonNull(input, "input");
        dropped = List.copyOf(dropped);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.dropColumns(this);
    }
}
