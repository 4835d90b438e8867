package com.evolvishub.cdc.source.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.source.ManualClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedTransactionSnapshotTest {

    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final ManualClock ours = new ManualClock();
    private final Deque<Pause> pauses = new ArrayDeque<>();

    /** How long a question and an answer are on their way, in milliseconds. */
    private record Pause(long before, long after) {}

    @Test
    void takesTheMiddleBetweenQuestionAndAnswer() throws SQLException {
        pauses.add(new Pause(100, 300));
        assertThat(take().clockOffsetMicros()).isEqualTo(micros(-100));
    }

    @Test
    void looksAgainWhereOurMachineStoodStill() throws SQLException {
        pauses.add(new Pause(5_000, 0));
        pauses.add(new Pause(10, 10));
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(pauses).isEmpty();
    }

    @Test
    void looksAgainWhereTheAnswerWasLate() throws SQLException {
        pauses.add(new Pause(0, 30_000));
        pauses.add(new Pause(0, 600));
        pauses.add(new Pause(10, 10));
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(pauses).isEmpty();
    }

    @Test
    void takesAFarServerAsItIs() throws SQLException {
        for (int i = 0; i < 4; i++) {
            pauses.add(new Pause(400, 400));
        }
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(pauses).hasSize(1);
    }

    private TimedTransactionSnapshot take() throws SQLException {
        return TimedTransactionSnapshot.take(this::look, ours, TOLERANCE);
    }

    private TransactionSnapshot look() {
        Pause pause = pauses.remove();
        ours.advance(Duration.ofMillis(pause.before()));
        TransactionSnapshot look = new TransactionSnapshot(ours.instant(), "now", false, List.of());
        ours.advance(Duration.ofMillis(pause.after()));
        return look;
    }

    private static long micros(long millis) {
        return millis * 1000;
    }
}
