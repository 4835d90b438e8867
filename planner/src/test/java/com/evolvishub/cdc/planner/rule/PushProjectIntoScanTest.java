package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.excluding;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.filter;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.project;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.renaming;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.renamingAndExcluding;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PushProjectIntoScanTest {

    private final Rule rule = new PushProjectIntoScan();

    @Test
    void leavesExcludedColumnsAtTheSource() {
        assertThat(rule.apply(project(scan(), renamingAndExcluding("id", "order_id", "ssn"))))
                .contains(scan().with(renamingAndExcluding("id", "order_id", "ssn")));
    }

    @Test
    void dropsColumnsThatCaptureNeedsAboveTheScan() {
        var plan =
                project(
                        scan("updated_at"),
                        renamingAndExcluding("id", "order_id", "ssn", "updated_at"));

        assertThat(rule.apply(plan))
                .contains(
                        project(
                                scan("updated_at")
                                        .with(renamingAndExcluding("id", "order_id", "ssn")),
                                excluding("updated_at")));
    }

    @Test
    void renamesAboveTheScanIfTheNameIsStillInUse() {
        var plan =
                project(
                        scan("updated_at"),
                        renamingAndExcluding("modified", "updated_at", "ssn", "updated_at"));

        var pushed = rule.apply(plan);

        assertThat(pushed)
                .contains(
                        project(
                                scan("updated_at").with(excluding("ssn")),
                                renamingAndExcluding("modified", "updated_at", "updated_at")));
        assertThat(pushed.orElseThrow().output()).isEqualTo(plan.output());
    }

    @Test
    void doesNotFireOnItsOwnResult() {
        assertThat(rule.apply(project(scan("updated_at"), excluding("updated_at")))).isEmpty();
        assertThat(
                        rule.apply(
                                project(
                                        scan("wm").with(excluding("ssn")),
                                        renamingAndExcluding("a", "wm", "wm"))))
                .isEmpty();
    }

    @Test
    void keepsAProjectionWhoseInputIsNotAScan() {
        assertThat(rule.apply(project(filter(scan(), ABOVE), renaming("a", "b")))).isEmpty();
    }
}
