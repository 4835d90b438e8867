package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
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

class AnswerWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Moved clock = new Moved();
    private final Gate gate = Gate.install(new LaneKey(UUID.randomUUID().toString(), "orders"));
    private final GateKeeper keeper =
            new GateKeeper(
                    gate,
                    new DeliveryQueue(
                            DeliveryState.NEW,
                            "us",
                            QueueBounds.DEFAULT,
                            Duration.ZERO,
                            new AtomicLong(),
                            clock));
    private final DestinationCondition condition =
            new DestinationCondition("orders", gate.status(), clock);
    private final AnswerWatch watch = new AnswerWatch(condition, keeper, PATIENCE, clock);

    @BeforeEach
    void theDestinationIsReady() {
        keeper.ready();
    }

    @AfterEach
    void removeTheGate() {
        gate.remove();
    }

    @Test
    void tellsSinceWhenNothingWasAnswered() {
        watch.asked("7 rows that were sent");
        clock.pass(PATIENCE);
        watch.look();

        assertThat(state()).isEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.status().destination().cause())
                .isEqualTo("no answer since 2026-01-01T00:00:00Z to 7 rows that were sent");
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void keepsStillWhileAnAnswerMayCome() {
        watch.asked("7 rows that were sent");
        clock.pass(PATIENCE.minusMillis(1));
        watch.look();
        // some of them are there
        watch.heard();
        clock.pass(PATIENCE.minusMillis(1));
        watch.look();
        watch.over();
        clock.pass(PATIENCE);
        watch.look();

        assertThat(state()).isNotEqualTo(MappingState.WAITING_FOR_DESTINATION);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void leavesACauseAloneThatSaysMore() {
        condition.broken(
                MappingState.WAITING_FOR_DESTINATION, "connection refused", Optional.empty());
        watch.asked("the opening of the lane");
        clock.pass(PATIENCE);
        watch.look();

        assertThat(gate.status().destination().cause()).isEqualTo("connection refused");
    }

    @Test
    void anAnswerAfterAllMakesItWellAgain() {
        watch.asked("7 rows that were sent");
        clock.pass(PATIENCE);
        watch.look();
        watch.over();
        condition.well(MappingState.FINISHED);

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
