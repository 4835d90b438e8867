package com.evolvishub.cdc.source.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.source.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReadSchedulerTest {

    private final String run = UUID.randomUUID().toString();
    private final ManualClock clock = new ManualClock();
    private final List<String> called = new ArrayList<>();

    @Test
    void grantsOneTurnAtATimeToTheLongestWaiting() {
        try (ReadScheduler.ReadTurn one = join("worker-1", 0);
                ReadScheduler.ReadTurn two = join("worker-1", 1);
                ReadScheduler.ReadTurn three = join("worker-1", 2)) {
            assertThat(one.tryAcquire()).isTrue();
            clock.advance(Duration.ofMillis(1));
            assertThat(three.tryAcquire()).isFalse();
            clock.advance(Duration.ofMillis(1));
            assertThat(two.tryAcquire()).isFalse();
            one.release();

            assertThat(called).containsExactly("2");
            assertThat(two.tryAcquire()).isFalse();
            assertThat(three.tryAcquire()).isTrue();
        }
    }

    @Test
    void grantsEqualWaitsInTheOrderOfTheFile() {
        try (ReadScheduler.ReadTurn first = join("worker-1", 9);
                ReadScheduler.ReadTurn two = join("worker-1", 2);
                ReadScheduler.ReadTurn one = join("worker-1", 1)) {
            assertThat(first.tryAcquire()).isTrue();
            assertThat(two.tryAcquire()).isFalse();
            assertThat(one.tryAcquire()).isFalse();
            first.release();

            assertThat(called).containsExactly("1");
        }
    }

    @Test
    void aTurnWithoutARowForASecondIsLost() {
        try (ReadScheduler.ReadTurn stalled = join("worker-1", 0);
                ReadScheduler.ReadTurn waiting = join("worker-1", 1)) {
            stalled.tryAcquire();
            clock.advance(Duration.ofMillis(900));
            assertThat(stalled.keep()).isTrue();
            clock.advance(Duration.ofMillis(900));
            assertThat(waiting.tryAcquire()).isFalse();
            clock.advance(Duration.ofMillis(100));

            assertThat(waiting.tryAcquire()).isTrue();
            assertThat(stalled.keep()).isFalse();
            assertThat(stalled.tryAcquire()).isFalse();
        }
    }

    @Test
    void workersDoNotWaitForEachOther() {
        try (ReadScheduler.ReadTurn one = join("worker-1", 0);
                ReadScheduler.ReadTurn other = join("worker-2", 1)) {
            assertThat(one.tryAcquire()).isTrue();
            assertThat(other.tryAcquire()).isTrue();
        }
    }

    @Test
    void closingReleasesTheTurn() {
        ReadScheduler.ReadTurn one = join("worker-1", 0);
        try (ReadScheduler.ReadTurn other = join("worker-1", 1)) {
            one.tryAcquire();
            assertThat(other.tryAcquire()).isFalse();
            one.close();

            assertThat(other.tryAcquire()).isTrue();
        }
    }

    @Test
    void allWaitingMappingsGetATurnBetweenTwoPagesOfALargeLoad() {
        ReadScheduler.ReadTurn large = join("worker-1", 0);
        List<ReadScheduler.ReadTurn> small = new ArrayList<>();
        for (int i = 1; i <= 9; i++) {
            small.add(join("worker-1", i));
        }
        for (int page = 0; page < 100; page++) {
            assertThat(large.tryAcquire()).isTrue();
            for (ReadScheduler.ReadTurn one : small) {
                clock.advance(Duration.ofMillis(1));
                assertThat(one.tryAcquire()).isFalse();
            }
            large.release();
            clock.advance(Duration.ofMillis(1));
            for (ReadScheduler.ReadTurn one : small) {
                assertThat(large.tryAcquire()).isFalse();
                assertThat(one.tryAcquire()).isTrue();
                one.release();
            }
        }
        small.forEach(ReadScheduler.ReadTurn::close);
        large.close();
    }

    /**
     * The large mapping reads pages continuously, half a second each; the small ones poll on
     * schedule.
     */
    @Test
    void smallMappingsPollWithinTwoIntervalsDuringALargeLoad() {
        Duration interval = Duration.ofSeconds(2);
        ReadScheduler.ReadTurn large = join("worker-1", 0);
        List<ReadScheduler.ReadTurn> small = new ArrayList<>();
        long[] lastPoll = new long[10];
        long[] polls = new long[10];
        for (int i = 1; i <= 9; i++) {
            small.add(join("worker-1", i));
            lastPoll[i] = clock.millis();
        }
        while (clock.millis() < ManualClock.START + Duration.ofMinutes(10).toMillis()) {
            if (large.tryAcquire()) {
                clock.advance(Duration.ofMillis(500));
                large.release();
            }
            for (int i = 1; i <= 9; i++) {
                boolean due = clock.millis() - lastPoll[i] >= interval.toMillis();
                if (due && small.get(i - 1).tryAcquire()) {
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
        small.forEach(ReadScheduler.ReadTurn::close);
        large.close();
    }

    private ReadScheduler.ReadTurn join(String worker, int order) {
        return ReadScheduler.join(run, worker, order, clock, () -> called.add("" + order));
    }
}
