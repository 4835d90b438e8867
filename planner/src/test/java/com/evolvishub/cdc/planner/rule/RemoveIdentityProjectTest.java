package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.project;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.renaming;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.Projection;
import org.junit.jupiter.api.Test;

class RemoveIdentityProjectTest {

    @Test
    void removesAProjectionWithoutEffect() {
        assertThat(new RemoveIdentityProject().apply(project(scan(), Projection.IDENTITY)))
                .contains(scan());
    }

    @Test
    void removesARenameToTheSameName() {
        assertThat(new RemoveIdentityProject().apply(project(scan(), renaming("id", "id"))))
                .contains(scan());
    }

    @Test
    void keepsAProjectionThatRenames() {
        assertThat(new RemoveIdentityProject().apply(project(scan(), renaming("id", "order_id"))))
                .isEmpty();
    }
}
