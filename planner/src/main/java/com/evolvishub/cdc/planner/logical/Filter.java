package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.plan.PlanNode;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets only those rows pass that are new since the last poll.
 *
 * @param input where the rows come from
 * @param since which rows pass
 */
public record Filter(LogicalNode input, Since since) implements LogicalNode {

    public Filter {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(since, "since");
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.filter(this);
    }

    @Override
    public Output output() {
        Output below = input.output();
        return new Output(below.relation(), Optional.of(since), below.columns());
    }

    @Override
    public PlanNode describe() {
        return PlanNode.of("Filter", since.describe(), input.describe());
    }
}
