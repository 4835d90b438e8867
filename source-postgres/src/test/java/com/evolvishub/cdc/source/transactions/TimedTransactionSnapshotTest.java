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

    private final ManualClock localClock = new ManualClock();
    private final Deque<Latency> latencies = new ArrayDeque<>();

    /** Time until the request arrives and until the response arrives, in milliseconds. */
    private record Latency(long before, long after) {}

    @Test
    void assumesTheServerTimeInTheMiddleOfTheRoundTrip() throws SQLException {
        latencies.add(new Latency(100, 300));
        assertThat(take().clockOffsetMicros()).isEqualTo(micros(-100));
    }

    @Test
    void repeatsTheSnapshotAfterADelayBeforeTheRequestArrives() throws SQLException {
        latencies.add(new Latency(5_000, 0));
        latencies.add(new Latency(10, 10));
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(latencies).isEmpty();
    }

    @Test
    void repeatsTheSnapshotAfterALateResponse() throws SQLException {
        latencies.add(new Latency(0, 30_000));
        latencies.add(new Latency(0, 600));
        latencies.add(new Latency(10, 10));
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(latencies).isEmpty();
    }

    @Test
    void acceptsASlowRoundTripAfterThreeAttempts() throws SQLException {
        for (int i = 0; i < 4; i++) {
            latencies.add(new Latency(400, 400));
        }
        assertThat(take().clockOffsetMicros()).isZero();
        assertThat(latencies).hasSize(1);
    }

    private TimedTransactionSnapshot take() throws SQLException {
        return TimedTransactionSnapshot.take(this::takeSnapshot, localClock, TOLERANCE);
    }

    private TransactionSnapshot takeSnapshot() {
        Latency latency = latencies.remove();
        localClock.advance(Duration.ofMillis(latency.before()));
        TransactionSnapshot snapshot =
                new TransactionSnapshot(localClock.instant(), "now", false, List.of());
        localClock.advance(Duration.ofMillis(latency.after()));
        return snapshot;
    }

    private static long micros(long millis) {
        return millis * 1000;
    }
}
