package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.explain.tree.PlanPrinter;
import com.evolvishub.cdc.planner.logical.Filter;
import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Scan;
import com.evolvishub.cdc.planner.logical.Sink;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs stages of rules over every tree of a plan, and verifies that no rule changes the output. */
public final class Optimizer {

    /** Far more than any plan needs; detects a rule that fires on its own result without end. */
    private static final int MAX_REWRITES = 100;

    private final List<Stage> stages;
    private final Consumer<String> trace;

    /**
     * @param stages run in this order
     * @param trace receives each rewrite: stage, rule, the node before and after
     */
    public Optimizer(List<Stage> stages, Consumer<String> trace) {
        this.stages = List.copyOf(stages);
        this.trace = Objects.requireNonNull(trace, "trace");
    }

    /**
     * The plan after all rules.
     *
     * @throws IllegalStateException if a rule changes the output or does not terminate: both are
     *     bugs of the rule
     */
    public LogicalPlan optimize(LogicalPlan plan) {
        LogicalPlan optimized = plan;
        for (Stage stage : stages) {
            Pass pass = new Pass(stage);
            optimized =
                    optimized.rewrite(
                            sink ->
                                    new Sink(
                                            pass.rewriteToFixpoint(sink.input()),
                                            sink.destination(),
                                            sink.label()));
        }
        return optimized;
    }

    private final class Pass implements LogicalNode.Visitor<LogicalNode> {
        private final Stage stage;
        private int rewrites;

        Pass(Stage stage) {
            this.stage = stage;
        }

        LogicalNode rewriteToFixpoint(LogicalNode root) {
            rewrites = 0;
            return visit(root);
        }

        private LogicalNode visit(LogicalNode node) {
            LogicalNode settled = node.accept(this);
            for (Rule rule : stage.rules()) {
                Optional<LogicalNode> better = rule.apply(settled);
                if (better.isPresent()) {
                    check(rule, settled, better.get());
                    return visit(better.get());
                }
            }
            return settled;
        }

        private void check(Rule rule, LogicalNode before, LogicalNode after) {
            String change =
                    "%s by %s:%n%s=>%n%s"
                            .formatted(
                                    stage.name(),
                                    rule.name(),
                                    PlanPrinter.text(before.describe()),
                                    PlanPrinter.text(after.describe()));
            trace.accept(change);
            rewrites++;
            if (!before.output().equals(after.output())) {
                throw new IllegalStateException("a rule changed what comes out, " + change);
            }
            if (rewrites > MAX_REWRITES) {
                throw new IllegalStateException("rules come to no end, the last was " + change);
            }
        }

        @Override
        public LogicalNode scan(Scan node) {
            return node;
        }

        @Override
        public LogicalNode filter(Filter node) {
            return new Filter(visit(node.input()), node.predicate());
        }

        @Override
        public LogicalNode project(Project node) {
            return new Project(visit(node.input()), node.projection());
        }

        @Override
        public LogicalNode sink(Sink node) {
            throw new IllegalStateException("a sink stands at the root of a tree only");
        }
    }
}
