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

class MergeProjectsTest {

    @Test
    void mergesTwoProjections() {
        var plan = project(project(scan(), excluding("ssn")), renaming("id", "order_id"));

        assertThat(new MergeProjects().apply(plan))
                .contains(project(scan(), renamingAndExcluding("id", "order_id", "ssn")));
    }

    @Test
    void composesRenames() {
        var plan =
                project(
                        project(scan(), renaming("id", "key")),
                        renamingAndExcluding("a", "b", "key"));

        assertThat(new MergeProjects().apply(plan))
                .contains(project(scan(), renamingAndExcluding("a", "b", "id")));
    }

    @Test
    void keepsProjectionsSeparatedByAFilter() {
        var plan = project(filter(project(scan(), excluding("ssn")), ABOVE), renaming("id", "key"));

        assertThat(new MergeProjects().apply(plan)).isEmpty();
    }
}
