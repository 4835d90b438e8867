package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;

/**
 * A node of a pipeline. Each node is one operator of the job; all nodes of a pipeline are chained.
 */
public sealed interface PhysicalNode extends Serializable
        permits PollScan, DetectChanges, DropColumns, Deliver {

    /** Calls the method of {@code visitor} for this kind of node. */
    <R> R accept(Visitor<R> visitor);

    /** One method for each kind of node. */
    interface Visitor<R> {
        R pollScan(PollScan node);

        R detectChanges(DetectChanges node);

        R dropColumns(DropColumns node);

        R deliver(Deliver node);
    }
}
