package com.evolvishub.cdc.sink.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopOnQuarantineTest {

    private final PipelineStatus status = new PipelineStatus();
    private final List<String> ends = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final StopOnQuarantine watch =
            new StopOnQuarantine("orders", status, new Moved(), ends::add);

    @Test
    void endsTheJobOnceACheckpointHoldsTheQuarantine() {
        watch.checkpointBegun(1);
        quarantine();
        watch.check();
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
        watch.check();
        pass(StopOnQuarantine.CHECKPOINT_TIMEOUT.minusSeconds(1));
        watch.check();
        assertThat(ends).isEmpty();
        pass(Duration.ofSeconds(1));
        watch.check();

        assertThat(ends).hasSize(1);
    }

    @Test
    void leavesAMappingAloneThatHasHealedOrOnlyRetries() {
        quarantine();
        watch.check();
        watch.checkpointBegun(1);
        status.source(
                new EndpointStatus(
                        MappingState.RETRYING, now, "connection refused", Optional.of(now)));
        watch.check();
        watch.checkpointComplete(1);
        pass(StopOnQuarantine.CHECKPOINT_TIMEOUT);
        watch.check();

        assertThat(ends).isEmpty();
    }

    private void quarantine() {
        status.destination(EndpointStatus.of(MappingState.FINISHED, now));
        status.source(
                new EndpointStatus(
                        MappingState.QUARANTINED, now, "no such table", Optional.empty()));
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
