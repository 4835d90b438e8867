package com.evolvishub.cdc.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TimedParallelCallsTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    /**
     * For calls that never return; long enough for calls that return immediately on a busy machine.
     */
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void runsCallsInParallelAndReturnsResultsInTheirOrder() {
        CyclicBarrier together = new CyclicBarrier(3);
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int result = i;
            calls.add(
                    () -> {
                        together.await();
                        return result;
                    });
        }

        assertThat(new TimedParallelCalls(3, LONG, LONG).call(calls))
                .containsExactly(Optional.of(0), Optional.of(1), Optional.of(2));
    }

    @Test
    void givesUpACallThatTimesOutAndRunsTheOthers() {
        CountDownLatch never = new CountDownLatch(1);
        Callable<String> hangs =
                () -> {
                    never.await();
                    return "late";
                };

        assertThat(new TimedParallelCalls(1, SHORT, LONG).call(List.of(hangs, () -> "answered")))
                .containsExactly(Optional.empty(), Optional.of("answered"));
        never.countDown();
    }

    @Test
    void limitsTheNumberOfParallelCalls() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(
                    () -> {
                        highest.accumulateAndGet(open.incrementAndGet(), Math::max);
                        return open.getAndDecrement();
                    });
        }
        new TimedParallelCalls(4, LONG, LONG).call(calls);

        assertThat(highest).hasValueLessThanOrEqualTo(4);
    }

    @Test
    void startsNoMoreCallsAfterTheTotalTimeout() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        Callable<Integer> hangs =
                () -> {
                    started.incrementAndGet();
                    never.await();
                    return 0;
                };
        List<Callable<Integer>> calls = List.of(hangs, hangs, hangs);

        assertThat(new TimedParallelCalls(1, SHORT, Duration.ZERO).call(calls))
                .containsOnly(Optional.empty());
        await().untilAsserted(() -> assertThat(started).hasValue(1));
        never.countDown();
    }
}
