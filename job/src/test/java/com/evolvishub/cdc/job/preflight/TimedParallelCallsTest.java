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

    /** For what is never answered; far above what it takes to answer at once on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void answersInTheOrderOfTheQuestionsWhichAreAskedTogether() {
        CyclicBarrier together = new CyclicBarrier(3);
        List<Callable<Integer>> questions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int answer = i;
            questions.add(
                    () -> {
                        together.await();
                        return answer;
                    });
        }

        assertThat(new TimedParallelCalls(3, LONG, LONG).call(questions))
                .containsExactly(Optional.of(0), Optional.of(1), Optional.of(2));
    }

    @Test
    void givesUpWhatIsNotAnsweredAndGoesOnWithTheRest() {
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
    void asksOnlySoManyAtATime() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Callable<Integer>> questions = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            questions.add(
                    () -> {
                        most.accumulateAndGet(open.incrementAndGet(), Math::max);
                        return open.getAndDecrement();
                    });
        }
        new TimedParallelCalls(4, LONG, LONG).call(questions);

        assertThat(most).hasValueLessThanOrEqualTo(4);
    }

    @Test
    void leavesTheRestUnaskedWhenAllTogetherTakeTooLong() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Callable<Integer> hangs =
                () -> {
                    asked.incrementAndGet();
                    never.await();
                    return 0;
                };
        List<Callable<Integer>> questions = List.of(hangs, hangs, hangs);

        assertThat(new TimedParallelCalls(1, SHORT, Duration.ZERO).call(questions))
                .containsOnly(Optional.empty());
        await().untilAsserted(() -> assertThat(asked).hasValue(1));
        never.countDown();
    }
}
