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
    private final List<String> stops = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final StopOnQuarantine stopOnQuarantine =
            new StopOnQuarantine("orders", status, new ManualClock(), stops::add);

    @Test
    void stopsTheJobAfterACheckpointDuringTheQuarantine() {
        stopOnQuarantine.checkpointBegun(1);
        quarantine();
        stopOnQuarantine.check();
        stopOnQuarantine.checkpointComplete(1);
        assertThat(stops).isEmpty();
        stopOnQuarantine.checkpointBegun(2);
        stopOnQuarantine.checkpointBegun(3);
        stopOnQuarantine.checkpointComplete(2);

        assertThat(stops)
                .containsExactly("stop_on_error: mapping orders is quarantined: no such table");
    }

    @Test
    void stopsTheJobIfNoCheckpointCompletesInTime() {
        quarantine();
        stopOnQuarantine.check();
        advance(StopOnQuarantine.CHECKPOINT_TIMEOUT.minusSeconds(1));
        stopOnQuarantine.check();
        assertThat(stops).isEmpty();
        advance(Duration.ofSeconds(1));
        stopOnQuarantine.check();

        assertThat(stops).hasSize(1);
    }

    @Test
    void doesNotStopForAMappingThatHasRecoveredOrIsRetrying() {
        quarantine();
        stopOnQuarantine.check();
        stopOnQuarantine.checkpointBegun(1);
        status.source(
                new EndpointStatus(
                        MappingState.RETRYING, now, "connection refused", Optional.of(now)));
        stopOnQuarantine.check();
        stopOnQuarantine.checkpointComplete(1);
        advance(StopOnQuarantine.CHECKPOINT_TIMEOUT);
        stopOnQuarantine.check();

        assertThat(stops).isEmpty();
    }

    private void quarantine() {
        status.destination(EndpointStatus.of(MappingState.FINISHED, now));
        status.source(
                new EndpointStatus(
                        MappingState.QUARANTINED, now, "no such table", Optional.empty()));
    }

    private void advance(Duration duration) {
        now = now.plus(duration);
    }

    private final class ManualClock extends Clock {
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
