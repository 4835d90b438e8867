package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import java.util.Objects;

/**
 * Renames and excludes columns.
 *
 * @param input where the rows come from
 * @param projection how their columns are projected
 */
public record Project(LogicalNode input, Projection projection) implements LogicalNode {

    public Project {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(projection, "projection");
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.project(this);
    }

    @Override
    public NodeOutput output() {
        NodeOutput inputOutput = input.output();
        return new NodeOutput(
                inputOutput.relation(),
                inputOutput.predicate(),
                inputOutput.columns().then(projection));
    }

    @Override
    public ExplainNode describe() {
        return ExplainNode.of("Project", projection.describe(), input.describe());
    }
}
