package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.LogicalNodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.filter;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.queryScan;
import static com.evolvishub.cdc.planner.rule.LogicalNodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.ChangePredicate;
import org.junit.jupiter.api.Test;

class BindLastSyncInScanTest {

    private static final ChangePredicate LAST_SYNC = new ChangePredicate.AfterLastSync();

    private final Rule rule = new BindLastSyncInScan();

    @Test
    void bindsLastSyncInTheQuery() {
        assertThat(rule.apply(filter(queryScan(), LAST_SYNC)))
                .contains(queryScan().with(LAST_SYNC));
    }

    @Test
    void keepsAWatermarkFilter() {
        assertThat(rule.apply(filter(queryScan(), ABOVE))).isEmpty();
    }

    @Test
    void keepsAScanOfATable() {
        assertThat(rule.apply(filter(scan(), LAST_SYNC))).isEmpty();
    }
}
