package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;

/**
 * A step of a pipeline. Each step is one operator of the job; all steps of a mapping are chained.
 */
public sealed interface PhysicalNode extends Serializable
        permits PollScan, DetectChanges, DropColumns, Deliver {

    /** Calls the method of {@code visitor} that is meant for this step. */
    <R> R accept(Visitor<R> visitor);

    /** An answer for each kind of step. */
    interface Visitor<R> {
        R pollScan(PollScan node);

        R detectChanges(DetectChanges node);

        R dropColumns(DropColumns node);

        R deliver(Deliver node);
    }
}
