package com.evolvishub.cdc.planner.rule;

import static com.evolvishub.cdc.planner.rule.Nodes.ABOVE;
import static com.evolvishub.cdc.planner.rule.Nodes.filter;
import static com.evolvishub.cdc.planner.rule.Nodes.queryScan;
import static com.evolvishub.cdc.planner.rule.Nodes.scan;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.Since;
import org.junit.jupiter.api.Test;

class BindLastSyncInScanTest {

    private static final Since LAST_SYNC = new Since.AfterLastSync();

    private final Rule rule = new BindLastSyncInScan();

    @Test
    void letsTheQueryChooseItsRows() {
        assertThat(rule.apply(filter(queryScan(), LAST_SYNC)))
                .contains(queryScan().with(LAST_SYNC));
    }

    @Test
    void keepsAWatermark() {
        assertThat(rule.apply(filter(queryScan(), ABOVE))).isEmpty();
    }

    @Test
    void keepsATableThatCannotBind() {
        assertThat(rule.apply(filter(scan(), LAST_SYNC))).isEmpty();
    }
}
