package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.Nodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.Nodes.excluding;
import static com.evolvishub.cdc.planner.rule.Nodes.filter;
import static com.evolvishub.cdc.planner.rule.Nodes.project;
import static com.evolvishub.cdc.planner.rule.Nodes.queryScan;
import static com.evolvishub.cdc.planner.rule.Nodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.Since;
import org.junit.jupiter.api.Test;

class PushWatermarkFilterIntoScanTest {

    private final Rule rule = new PushWatermarkFilterIntoScan();

    @Test
    void asksTheSourceForRowsAboveTheWatermark() {
        assertThat(rule.apply(filter(scan(), ABOVE))).contains(scan().with(ABOVE));
    }

    @Test
    void wrapsAQueryAsWell() {
        assertThat(rule.apply(filter(queryScan(), ABOVE))).contains(queryScan().with(ABOVE));
    }

    @Test
    void keepsAFilterThatIsNotOnAScan() {
        assertThat(rule.apply(filter(project(scan(), excluding("a")), ABOVE))).isEmpty();
    }

    @Test
    void leavesLastSyncToTheQuery() {
        assertThat(rule.apply(filter(queryScan(), new Since.AfterLastSync()))).isEmpty();
    }
}
