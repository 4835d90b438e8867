package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.ChangeRow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcknowledgedRowsTest {

    private static final long ROOM = 1 << 20;

    private final ChangeRow row = TestLane.row(TestLane.KEYED, "1", "a");
    private final ResendBudget budget = new ResendBudget(3L * row.weight());

    private AcknowledgedRows rows(long first, int count) {
        AcknowledgedRows rows =
                new AcknowledgedRows(
                        Duration.ofSeconds(60), AcknowledgedRows.Tail.none(first - 1), 0, budget);
        for (long number = first; number < first + count; number++) {
            rows.add(row.numbered(number), 0);
        }
        return rows;
    }

    @Test
    void dropsItsOldestWhereAllPipelinesTogetherKeepTooMuch() {
        AcknowledgedRows others = rows(1, 2);
        AcknowledgedRows own = rows(11, 3);

        own.evict(0, ROOM);

        assertThat(own.above()).isEqualTo(12);
        assertThat(others.above()).isZero();
    }

    @Test
    void givesItsMemoryBackWhenThePipelineEnds() {
        AcknowledgedRows ended = rows(1, 3);
        ended.close();
        ended.add(row.numbered(4), 0);
        AcknowledgedRows own = rows(11, 3);

        own.evict(0, ROOM);

        assertThat(own.above()).as("all are kept").isEqualTo(10);
        assertThat(ended.above()).as("none is kept").isEqualTo(4);
        assertThat(ended.newest(ROOM).rows()).isEqualTo(List.of());
    }
}
