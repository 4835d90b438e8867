package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.excluding;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.project;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.renaming;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.MappingBuilder;
import com.evolvishub.cdc.planner.logical.CaptureChoice;
import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Sink;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptimizerTest {

    @Test
    void runsStagesInOrderUntilNoRuleFires() {
        List<String> trace = new ArrayList<>();
        var stages =
                List.of(
                        new Stage("first", List.of(new MergeProjects())),
                        new Stage("second", List.of(new PushProjectIntoScan())));
        var plan =
                plan(
                        project(
                                project(project(scan(), excluding("a")), excluding("b")),
                                excluding("c")));

        var optimized = new Optimizer(stages, trace::add).optimize(plan);

        assertThat(optimized.trees().get(0).root().input())
                .isEqualTo(scan().with(excluding("a", "b", "c")));
        assertThat(trace)
                .extracting(change -> change.lines().findFirst().orElseThrow())
                .containsExactly(
                        "first by MergeProjects:",
                        "first by MergeProjects:",
                        "second by PushProjectIntoScan:");
    }

    @Test
    void namesTheRuleThatChangesTheOutput() {
        assertThatThrownBy(() -> optimize(new LoseProjection()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        """
                        a rule changed what comes out, stage by LoseProjection:
                        Project  rename id -> key
                          Scan  postgresql shop orders
                        =>
                        Scan  postgresql shop orders
                        """);
    }

    @Test
    void stopsARuleThatFiresOnItsOwnResult() {
        assertThatThrownBy(() -> optimize(new SpinProjection()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "rules come to no end, the last was stage by SpinProjection");
    }

    private static void optimize(Rule rule) {
        new Optimizer(List.of(new Stage("stage", List.of(rule))), change -> {})
                .optimize(plan(project(scan(), renaming("id", "key"))));
    }

    private static LogicalPlan plan(LogicalNode rows) {
        var mapping = MappingBuilder.mapping("m", "orders").to("t").at("");
        var destination = mapping.destinations().get(0);
        var capture = new CaptureChoice(CaptureMode.DIFF, "because");
        return new LogicalPlan(
                "f",
                List.of(
                        new LogicalPlan.Tree(
                                mapping, destination, capture, new Sink(rows, destination, "t"))));
    }

    private static final class LoseProjection implements Rule {
        @Override
        public Optional<LogicalNode> apply(LogicalNode node) {
            return node instanceof Project project
                    ? Optional.of(project.input())
                    : Optional.empty();
        }
    }

    private static final class SpinProjection implements Rule {
        @Override
        public Optional<LogicalNode> apply(LogicalNode node) {
            return node instanceof Project project
                    ? Optional.of(new Project(project.input(), project.projection()))
                    : Optional.empty();
        }
    }
}
