package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.Objects;

/**
 * Writes its input to a destination.
 *
 * @param input where the rows come from
 * @param destination where they go
 * @param label the destination's name in a plan
 */
public record Sink(LogicalNode input, EndpointSpec destination, String label)
        implements LogicalNode {

    public Sink {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(label, "label");
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.sink(this);
    }

    @Override
    public NodeOutput output() {
        return input.output();
    }

    @Override
    public ExplainNode describe() {
        return ExplainNode.of("Sink", label, input.describe());
    }
}
