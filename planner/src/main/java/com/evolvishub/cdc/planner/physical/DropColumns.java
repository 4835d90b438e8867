package com.evolvishub.cdc.planner.physical;

import java.util.List;
import java.util.Objects;

/**
 * Drops columns that only key or watermark needed. Present only when the file excludes such a
 * column.
 *
 * @param input where the rows come from
 * @param dropped source columns that go no further
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
