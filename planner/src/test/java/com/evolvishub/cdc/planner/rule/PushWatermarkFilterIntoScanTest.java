package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.excluding;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.filter;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.project;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.queryScan;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.ChangePredicate;
import org.junit.jupiter.api.Test;

class PushWatermarkFilterIntoScanTest {

    private final Rule rule = new PushWatermarkFilterIntoScan();

    @Test
    void pushesTheWatermarkFilter() {
        assertThat(rule.apply(filter(scan(), ABOVE))).contains(scan().with(ABOVE));
    }

    @Test
    void pushesIntoAQuery() {
        assertThat(rule.apply(filter(queryScan(), ABOVE))).contains(queryScan().with(ABOVE));
    }

    @Test
    void keepsAFilterWhoseInputIsNotAScan() {
        assertThat(rule.apply(filter(project(scan(), excluding("a")), ABOVE))).isEmpty();
    }

    @Test
    void keepsALastSyncFilter() {
        assertThat(rule.apply(filter(queryScan(), new ChangePredicate.AfterLastSync()))).isEmpty();
    }
}
