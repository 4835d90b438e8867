package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.both;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.excluding;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.filter;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.project;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.renaming;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PushProjectIntoScanTest {

    private final Rule rule = new PushProjectIntoScan();

    @Test
    void leavesExcludedColumnsAtTheSource() {
        assertThat(rule.apply(project(scan(), both("id", "order_id", "ssn"))))
                .contains(scan().with(both("id", "order_id", "ssn")));
    }

    @Test
    void dropsAboveWhatCaptureNeeds() {
        var plan = project(scan("updated_at"), both("id", "order_id", "ssn", "updated_at"));

        assertThat(rule.apply(plan))
                .contains(
                        project(
                                scan("updated_at").with(both("id", "order_id", "ssn")),
                                excluding("updated_at")));
    }

    @Test
    void renamesAboveWhereTheNameIsStillTaken() {
        var plan = project(scan("updated_at"), both("modified", "updated_at", "ssn", "updated_at"));

        var pushed = rule.apply(plan);

        assertThat(pushed)
                .contains(
                        project(
                                scan("updated_at").with(excluding("ssn")),
                                both("modified", "updated_at", "updated_at")));
        assertThat(pushed.orElseThrow().output()).isEqualTo(plan.output());
    }

    @Test
    void keepsStillAboutItsOwnAnswer() {
        assertThat(rule.apply(project(scan("updated_at"), excluding("updated_at")))).isEmpty();
        assertThat(rule.apply(project(scan("wm").with(excluding("ssn")), both("a", "wm", "wm"))))
                .isEmpty();
    }

    @Test
    void keepsAProjectionThatIsNotOnAScan() {
        assertThat(rule.apply(project(filter(scan(), ABOVE), renaming("a", "b")))).isEmpty();
    }
}
