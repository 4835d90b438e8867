package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import java.util.Objects;
import java.util.Optional;

/**
 * Passes only the rows that are new since the last poll.
 *
 * @param input where the rows come from
 * @param predicate which rows pass
 */
public record Filter(LogicalNode input, ChangePredicate predicate) implements LogicalNode {

    public Filter {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(predicate, "since");
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.filter(this);
    }

    @Override
    public NodeOutput output() {
        NodeOutput inputOutput = input.output();
        return new NodeOutput(
                inputOutput.relation(), Optional.of(predicate), inputOutput.columns());
    }

    @Override
    public ExplainNode describe() {
        return ExplainNode.of("Filter", predicate.describe(), input.describe());
    }
}
