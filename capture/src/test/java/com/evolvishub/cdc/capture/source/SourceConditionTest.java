package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceConditionTest {

    private final ManualClock clock = new ManualClock();
    private final Gate gate = Gate.install(new LaneKey(UUID.randomUUID().toString(), "orders"));
    // the polling thread has one, the task's thread another
    private final SourceCondition poller = new SourceCondition("orders", gate, clock);
    private final SourceCondition emitter = new SourceCondition("orders", gate, clock);
    private LogLines log;

    @BeforeEach
    void listen() {
        log = LogLines.of(SourceCondition.class);
    }

    @AfterEach
    void letGo() {
        log.close();
        gate.remove();
    }

    @Test
    void logsATroubleOnceHoweverOftenItIsTriedAndItsEndOnce() {
        emitter.become(MappingState.IDLE);
        Instant began = clock.instant().plusSeconds(1);
        for (int i = 0; i < 5; i++) {
            fail(MappingState.RETRYING, "connection refused");
        }
        assertThat(now().since()).isEqualTo(began);
        assertThat(now().nextTry()).contains(clock.instant());
        poller.become(MappingState.CATCHING_UP);
        emitter.become(MappingState.IDLE);
        emitter.become(MappingState.IDLE);

        assertThat(log.lines())
                .containsExactly(
                        "WARN orders: retrying: connection refused; next try 2026-01-01T00:00:01Z",
                        "INFO orders: idle again");
        assertThat(now().cause()).isEmpty();
    }

    @Test
    void aReadThatFailsAgainInItsMiddleIsTheOldTrouble() {
        fail(MappingState.QUARANTINED, "division by zero");
        Instant began = now().since();
        poller.become(MappingState.CATCHING_UP);
        assertThat(now().cause()).isEqualTo("division by zero");
        clock.advance(Duration.ofMinutes(5));
        fail(MappingState.QUARANTINED, "division by zero");

        assertThat(now().since()).isEqualTo(began);
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void aTroubleAfterACompletePollIsANewOne() {
        fail(MappingState.RETRYING, "connection refused");
        poller.become(MappingState.CATCHING_UP);
        emitter.become(MappingState.IDLE);
        Instant again = clock.instant().plusSeconds(1);
        fail(MappingState.RETRYING, "connection refused");

        assertThat(now().since()).isEqualTo(again);
        assertThat(log.lines()).hasSize(3);
    }

    @Test
    void tellsWhenRetryingTurnsIntoQuarantineAndWhenTheCauseIsAnother() {
        fail(MappingState.RETRYING, "connection refused");
        fail(MappingState.QUARANTINED, "connection refused");
        fail(MappingState.QUARANTINED, "no such table");

        assertThat(log.lines()).hasSize(3);
    }

    private void fail(MappingState state, String cause) {
        clock.advance(Duration.ofSeconds(1));
        poller.become(state, cause, Optional.of(clock.instant()));
    }

    private Condition now() {
        return gate.status().source();
    }
}
