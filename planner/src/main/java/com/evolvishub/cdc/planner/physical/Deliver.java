package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.Objects;

/**
 * Writes to the destination.
 *
 * @param input where the rows come from
 * @param destination where they are written
 * @param mode the requested delivery guarantee
 * @param createTable whether a missing table or topic is created
 * @param onBadRow what is done with a row that the destination rejects
 * @param schemaChange what happens when columns change
 * @param retry how outages of the destination are retried
 * @param lossRules what is done about rows that the destination has lost
 */
public record Deliver(
        PhysicalNode input,
        EndpointSpec destination,
        DeliveryMode mode,
        boolean createTable,
        BadRowPolicy onBadRow,
        SchemaChangePolicy schemaChange,
        RetryPolicy retry,
        LossPolicy lossRules)
        implements PhysicalNode {

    public Deliver {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(onBadRow, "onBadRow");
        Objects.requireNonNull(schemaChange, "schemaChange");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(lossRules, "lossRules");
    }

    /** With the default loss policy. */
    public Deliver(
            PhysicalNode input,
            EndpointSpec destination,
            DeliveryMode mode,
            boolean createTable,
            BadRowPolicy onBadRow,
            SchemaChangePolicy schemaChange,
            RetryPolicy retry) {
        this(
                input,
                destination,
                mode,
                createTable,
                onBadRow,
                schemaChange,
                retry,
                LossPolicy.DEFAULT);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.deliver(this);
    }
}
