package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The logical plan of a file.
 *
 * @param name the file's {@code name}
 * @param trees one for each mapping and destination, in the file's order
 */
public record LogicalPlan(String name, List<Tree> trees) {

    public LogicalPlan {
        Objects.requireNonNull(name, "name");
        trees = List.copyOf(trees);
    }

    /**
     * One mapping to one destination.
     *
     * @param mapping what the user wrote
     * @param destination one of the mapping's destinations
     * @param capture the capture mode and the reason for it
     * @param root the root of the tree; rules do not change it
     */
    public record Tree(
            MappingSpec mapping, EndpointSpec destination, CaptureChoice capture, Sink root) {
        public Tree {
            Objects.requireNonNull(mapping, "mapping");
            Objects.requireNonNull(destination, "destination");
            Objects.requireNonNull(capture, "capture");
            Objects.requireNonNull(root, "root");
        }

        /** The tree, for display. */
        public ExplainNode describe() {
            return ExplainNode.of("mapping", mapping.name(), root.describe());
        }
    }

    /** The plan with every tree's root rewritten. */
    public LogicalPlan rewrite(UnaryOperator<Sink> rewrite) {
        return new LogicalPlan(
                name,
                trees.stream()
                        .map(
                                tree ->
                                        new Tree(
                                                tree.mapping(),
                                                tree.destination(),
                                                tree.capture(),
                                                rewrite.apply(tree.root())))
                        .toList());
    }
}
