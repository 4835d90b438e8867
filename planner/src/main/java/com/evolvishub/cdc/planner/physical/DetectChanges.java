package com.evolvishub.cdc.planner.physical;

import java.util.Objects;

/**
 * Compares what was read with keyed state: drops what was sent before and, for a diff, tells
 * inserts, updates and deletes apart.
 *
 * @param input where the rows come from
 * @param capture decides what is compared
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
