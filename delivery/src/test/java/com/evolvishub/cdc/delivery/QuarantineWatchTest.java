package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuarantineWatchTest {

    private final LaneStatus status = new LaneStatus();
    private final List<String> ends = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final QuarantineWatch watch =
            new QuarantineWatch("orders", status, new Moved(), ends::add);

    @Test
    void endsTheJobOnceACheckpointHoldsTheQuarantine() {
        watch.checkpointBegun(1);
        quarantine();
        watch.look();
        watch.checkpointComplete(1);
        assertThat(ends).isEmpty();
        watch.checkpointBegun(2);
        watch.checkpointBegun(3);
        watch.checkpointComplete(2);

        assertThat(ends)
                .containsExactly("stop_on_error: mapping orders is quarantined: no such table");
    }

    @Test
    void endsTheJobAlsoWhereNoCheckpointCompletes() {
        quarantine();
        watch.look();
        pass(QuarantineWatch.PATIENCE.minusSeconds(1));
        watch.look();
        assertThat(ends).isEmpty();
        pass(Duration.ofSeconds(1));
        watch.look();

        assertThat(ends).hasSize(1);
    }

    @Test
    void leavesAMappingAloneThatHasHealedOrOnlyRetries() {
        quarantine();
        watch.look();
        watch.checkpointBegun(1);
        status.source(
                new Condition(MappingState.RETRYING, now, "connection refused", Optional.of(now)));
        watch.look();
        watch.checkpointComplete(1);
        pass(QuarantineWatch.PATIENCE);
        watch.look();

        assertThat(ends).isEmpty();
    }

    private void quarantine() {
        status.destination(Condition.of(MappingState.FINISHED, now));
        status.source(
                new Condition(MappingState.QUARANTINED, now, "no such table", Optional.empty()));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private final class Moved extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
