package com.evolvishub.cdc.source.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.source.CapturedLogLines;
import com.evolvishub.cdc.source.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceStatusReporterTest {

    private final ManualClock clock = new ManualClock();
    private final BackpressureGate gate =
            BackpressureGate.install(new PipelineKey(UUID.randomUUID().toString(), "orders"));
    // one for the polling thread, one for the task thread
    private final SourceStatusReporter poller = new SourceStatusReporter("orders", gate, clock);
    private final SourceStatusReporter emitter = new SourceStatusReporter("orders", gate, clock);
    private CapturedLogLines log;

    @BeforeEach
    void startCapture() {
        log = CapturedLogLines.of(SourceStatusReporter.class);
    }

    @AfterEach
    void stopCapture() {
        log.close();
        gate.remove();
    }

    @Test
    void logsAnErrorAndItsRecoveryOnceEach() {
        emitter.report(MappingState.IDLE);
        Instant since = clock.instant().plusSeconds(1);
        for (int i = 0; i < 5; i++) {
            fail(MappingState.RETRYING, "connection refused");
        }
        assertThat(status().since()).isEqualTo(since);
        assertThat(status().nextRetry()).contains(clock.instant());
        poller.report(MappingState.CATCHING_UP);
        emitter.report(MappingState.IDLE);
        emitter.report(MappingState.IDLE);

        assertThat(log.lines())
                .containsExactly(
                        "WARN orders: retrying: connection refused; next try 2026-01-01T00:00:01Z",
                        "INFO orders: idle again");
        assertThat(status().cause()).isEmpty();
    }

    @Test
    void anErrorDuringTheNextReadContinuesTheOldError() {
        fail(MappingState.QUARANTINED, "division by zero");
        Instant since = status().since();
        poller.report(MappingState.CATCHING_UP);
        assertThat(status().cause()).isEqualTo("division by zero");
        clock.advance(Duration.ofMinutes(5));
        fail(MappingState.QUARANTINED, "division by zero");

        assertThat(status().since()).isEqualTo(since);
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void anErrorAfterACompletePollIsNew() {
        fail(MappingState.RETRYING, "connection refused");
        poller.report(MappingState.CATCHING_UP);
        emitter.report(MappingState.IDLE);
        Instant since = clock.instant().plusSeconds(1);
        fail(MappingState.RETRYING, "connection refused");

        assertThat(status().since()).isEqualTo(since);
        assertThat(log.lines()).hasSize(3);
    }

    @Test
    void logsAChangeToQuarantineAndAChangedCause() {
        fail(MappingState.RETRYING, "connection refused");
        fail(MappingState.QUARANTINED, "connection refused");
        fail(MappingState.QUARANTINED, "no such table");

        assertThat(log.lines()).hasSize(3);
    }

    private void fail(MappingState state, String cause) {
        clock.advance(Duration.ofSeconds(1));
        poller.report(state, cause, Optional.of(clock.instant()));
    }

    private EndpointStatus status() {
        return gate.status().source();
    }
}
