package com.evolvishub.cdc.planner.physical;

import java.util.Objects;

/**
 * Compares rows with keyed state: drops those that were sent before and, for a diff, classifies the
 * rest as inserts, updates and deletes.
 *
 * @param input where the rows come from
 * @param capture decides which rows are compared
 */
public record DetectChanges(PollScan input, Capture capture) implements PhysicalNode {

    public DetectChanges {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(capture, "capture");
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.detectChanges(this);
    }
}
