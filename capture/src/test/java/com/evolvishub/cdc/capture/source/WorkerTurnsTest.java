package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorkerTurnsTest {

    private final String run = UUID.randomUUID().toString();
    private final ManualClock clock = new ManualClock();
    private final List<String> called = new ArrayList<>();

    @Test
    void oneAtATimeAndTheLongestWaitingNext() {
        try (WorkerTurns.Ticket one = join("worker-1", 0);
                WorkerTurns.Ticket two = join("worker-1", 1);
                WorkerTurns.Ticket three = join("worker-1", 2)) {
            assertThat(one.tryTake()).isTrue();
            clock.advance(Duration.ofMillis(1));
            assertThat(three.tryTake()).isFalse();
            clock.advance(Duration.ofMillis(1));
            assertThat(two.tryTake()).isFalse();
            one.release();

            assertThat(called).containsExactly("2");
            assertThat(two.tryTake()).isFalse();
            assertThat(three.tryTake()).isTrue();
        }
    }

    @Test
    void thoseWhoWaitAlikeGoInTheFilesOrder() {
        try (WorkerTurns.Ticket first = join("worker-1", 9);
                WorkerTurns.Ticket two = join("worker-1", 2);
                WorkerTurns.Ticket one = join("worker-1", 1)) {
            assertThat(first.tryTake()).isTrue();
            assertThat(two.tryTake()).isFalse();
            assertThat(one.tryTake()).isFalse();
            first.release();

            assertThat(called).containsExactly("1");
        }
    }

    @Test
    void whoHasNoRowForASecondLosesTheTurn() {
        try (WorkerTurns.Ticket hangs = join("worker-1", 0);
                WorkerTurns.Ticket waits = join("worker-1", 1)) {
            hangs.tryTake();
            clock.advance(Duration.ofMillis(900));
            assertThat(hangs.keep()).isTrue();
            clock.advance(Duration.ofMillis(900));
            assertThat(waits.tryTake()).isFalse();
            clock.advance(Duration.ofMillis(100));

            assertThat(waits.tryTake()).isTrue();
            assertThat(hangs.keep()).isFalse();
            assertThat(hangs.tryTake()).isFalse();
        }
    }

    @Test
    void workersDoNotWaitForOneAnother() {
        try (WorkerTurns.Ticket one = join("worker-1", 0);
                WorkerTurns.Ticket other = join("worker-2", 1)) {
            assertThat(one.tryTake()).isTrue();
            assertThat(other.tryTake()).isTrue();
        }
    }

    @Test
    void whoLeavesGivesHisTurnAway() {
        WorkerTurns.Ticket one = join("worker-1", 0);
        try (WorkerTurns.Ticket other = join("worker-1", 1)) {
            one.tryTake();
            assertThat(other.tryTake()).isFalse();
            one.close();

            assertThat(other.tryTake()).isTrue();
        }
    }

    @Test
    void betweenTwoPagesOfALargeLoadEveryoneWhoWaitsHasATurn() {
        WorkerTurns.Ticket large = join("worker-1", 0);
        List<WorkerTurns.Ticket> small = new ArrayList<>();
        for (int i = 1; i <= 9; i++) {
            small.add(join("worker-1", i));
        }
        for (int page = 0; page < 100; page++) {
            assertThat(large.tryTake()).isTrue();
            for (WorkerTurns.Ticket one : small) {
                clock.advance(Duration.ofMillis(1));
                assertThat(one.tryTake()).isFalse();
            }
            large.release();
            clock.advance(Duration.ofMillis(1));
            for (WorkerTurns.Ticket one : small) {
                assertThat(large.tryTake()).isFalse();
                assertThat(one.tryTake()).isTrue();
                one.release();
            }
        }
        small.forEach(WorkerTurns.Ticket::close);
        large.close();
    }

    /**
     * The large one reads pages without end, half a second each; the small ones poll by a clock.
     */
    @Test
    void smallMappingsPollWithinTwoOfTheirIntervalsBesideALargeLoad() {
        Duration interval = Duration.ofSeconds(2);
        WorkerTurns.Ticket large = join("worker-1", 0);
        List<WorkerTurns.Ticket> small = new ArrayList<>();
        long[] lastPoll = new long[10];
        long[] polls = new long[10];
        for (int i = 1; i <= 9; i++) {
            small.add(join("worker-1", i));
            lastPoll[i] = clock.millis();
        }
        while (clock.millis() < ManualClock.START + Duration.ofMinutes(10).toMillis()) {
            if (large.tryTake()) {
                clock.advance(Duration.ofMillis(500));
                large.release();
            }
            for (int i = 1; i <= 9; i++) {
                boolean due = clock.millis() - lastPoll[i] >= interval.toMillis();
                if (due && small.get(i - 1).tryTake()) {
                    assertThat(clock.millis() - lastPoll[i])
                            .isLessThanOrEqualTo(2 * interval.toMillis());
                    lastPoll[i] = clock.millis();
                    polls[i]++;
                    clock.advance(Duration.ofMillis(20));
                    small.get(i - 1).release();
                }
            }
        }
        for (int i = 1; i <= 9; i++) {
            assertThat(polls[i]).isGreaterThan(150);
        }
        small.forEach(WorkerTurns.Ticket::close);
        large.close();
    }

    private WorkerTurns.Ticket join(String worker, int order) {
        return WorkerTurns.join(run, worker, order, clock, () -> called.add("" + order));
    }
}
