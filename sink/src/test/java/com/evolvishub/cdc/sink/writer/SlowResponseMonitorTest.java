package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.queue.BackpressureController;
import com.evolvishub.cdc.sink.queue.QueueBounds;
import com.evolvishub.cdc.sink.queue.WriteAheadQueue;
import com.evolvishub.cdc.sink.state.DeliveryState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowResponseMonitorTest {
    private static final Duration THRESHOLD = Duration.ofSeconds(10);

    private final ManualClock clock = new ManualClock();
    private final BackpressureGate gate =
            BackpressureGate.install(new PipelineKey(UUID.randomUUID().toString(), "orders"));
    private final BackpressureController backpressure =
            new BackpressureController(
                    gate,
                    new WriteAheadQueue(
                            DeliveryState.NEW,
                            "us",
                            QueueBounds.DEFAULT,
                            Duration.ZERO,
                            new AtomicLong(),
                            clock));
    private final DestinationStatusReporter statusReporter =
            new DestinationStatusReporter("orders", gate.status(), clock);
    private final SlowResponseMonitor monitor =
            new SlowResponseMonitor(statusReporter, backpressure, THRESHOLD, clock);

    @BeforeEach
    void markTheDestinationHealthy() {
        backpressure.markHealthy();
    }

    @AfterEach
    void removeTheGate() {
        gate.remove();
    }

    @Test
    void reportsSinceWhenTheDestinationHasNotResponded() {
        monitor.start("7 rows that were sent");
        clock.advance(THRESHOLD);
        monitor.check();

        assertThat(state()).isEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.status().destination().cause())
                .isEqualTo("no answer since 2026-01-01T00:00:00Z to 7 rows that were sent");
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void reportsNothingBeforeTheThreshold() {
        monitor.start("7 rows that were sent");
        clock.advance(THRESHOLD.minusMillis(1));
        monitor.check();
        // part of the response has arrived
        monitor.progress();
        clock.advance(THRESHOLD.minusMillis(1));
        monitor.check();
        monitor.finish();
        clock.advance(THRESHOLD);
        monitor.check();

        assertThat(state()).isNotEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void keepsAMoreSpecificCause() {
        statusReporter.markUnavailable(
                MappingState.WAITING_FOR_DESTINATION, "connection refused", Optional.empty());
        monitor.start("the opening of the lane");
        clock.advance(THRESHOLD);
        monitor.check();

        assertThat(gate.status().destination().cause()).isEqualTo("connection refused");
    }

    @Test
    void recoversAfterALateResponse() {
        monitor.start("7 rows that were sent");
        clock.advance(THRESHOLD);
        monitor.check();
        monitor.finish();
        statusReporter.markHealthy(MappingState.FINISHED);

        assertThat(state()).isEqualTo(MappingState.FINISHED);
    }

    private MappingState state() {
        return gate.status().destination().state();
    }

    private static final class ManualClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
