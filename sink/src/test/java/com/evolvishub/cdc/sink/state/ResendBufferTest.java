package com.evolvishub.cdc.sink.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResendBufferTest {

    private static final long ROOM = 1 << 20;

    private final ChangeRow row = TestPipeline.row(TestPipeline.KEYED, "1", "a");
    private final ResendBudget budget = new ResendBudget(3L * row.weight());

    private ResendBuffer rows(long first, int count) {
        ResendBuffer rows =
                new ResendBuffer(
                        Duration.ofSeconds(60), ResendBuffer.Tail.none(first - 1), 0, budget);
        for (long sequence = first; sequence < first + count; sequence++) {
            rows.add(row.withSequence(sequence), 0);
        }
        return rows;
    }

    @Test
    void evictsItsOldestRowsWhenAllPipelinesExceedTheBudget() {
        ResendBuffer others = rows(1, 2);
        ResendBuffer own = rows(11, 3);

        own.evict(0, ROOM);

        assertThat(own.above()).isEqualTo(12);
        assertThat(others.above()).isZero();
    }

    @Test
    void releasesItsMemoryWhenThePipelineEnds() {
        ResendBuffer ended = rows(1, 3);
        ended.close();
        ended.add(row.withSequence(4), 0);
        ResendBuffer own = rows(11, 3);

        own.evict(0, ROOM);

        assertThat(own.above()).as("all are kept").isEqualTo(10);
        assertThat(ended.above()).as("none is kept").isEqualTo(4);
        assertThat(ended.newest(ROOM).rows()).isEqualTo(List.of());
    }
}
