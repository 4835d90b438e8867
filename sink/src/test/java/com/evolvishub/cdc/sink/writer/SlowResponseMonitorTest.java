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
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Moved clock = new Moved();
    private final BackpressureGate gate =
            BackpressureGate.install(new PipelineKey(UUID.randomUUID().toString(), "orders"));
    private final BackpressureController keeper =
            new BackpressureController(
                    gate,
                    new WriteAheadQueue(
                            DeliveryState.NEW,
                            "us",
                            QueueBounds.DEFAULT,
                            Duration.ZERO,
                            new AtomicLong(),
                            clock));
    private final DestinationStatusReporter condition =
            new DestinationStatusReporter("orders", gate.status(), clock);
    private final SlowResponseMonitor watch =
            new SlowResponseMonitor(condition, keeper, PATIENCE, clock);

    @BeforeEach
    void theDestinationIsReady() {
        keeper.markHealthy();
    }

    @AfterEach
    void removeTheGate() {
        gate.remove();
    }

    @Test
    void tellsSinceWhenNothingWasAnswered() {
        watch.start("7 rows that were sent");
        clock.pass(PATIENCE);
        watch.check();

        assertThat(state()).isEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.status().destination().cause())
                .isEqualTo("no answer since 2026-01-01T00:00:00Z to 7 rows that were sent");
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void keepsStillWhileAnAnswerMayCome() {
        watch.start("7 rows that were sent");
        clock.pass(PATIENCE.minusMillis(1));
        watch.check();
        // some of them are there
        watch.progress();
        clock.pass(PATIENCE.minusMillis(1));
        watch.check();
        watch.finish();
        clock.pass(PATIENCE);
        watch.check();

        assertThat(state()).isNotEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void leavesACauseAloneThatSaysMore() {
        condition.markUnavailable(
                MappingState.WAITING_FOR_DESTINATION, "connection refused", Optional.empty());
        watch.start("the opening of the lane");
        clock.pass(PATIENCE);
        watch.check();

        assertThat(gate.status().destination().cause()).isEqualTo("connection refused");
    }

    @Test
    void anAnswerAfterAllMakesItWellAgain() {
        watch.start("7 rows that were sent");
        clock.pass(PATIENCE);
        watch.check();
        watch.finish();
        condition.markHealthy(MappingState.FINISHED);

        assertThat(state()).isEqualTo(MappingState.FINISHED);
    }

    private MappingState state() {
        return gate.status().destination().state();
    }

    private static final class Moved extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
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
