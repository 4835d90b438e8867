package com.evolvishub.cdc.source.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.source.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PollScheduleTest {

    private static final Instant NOON = Instant.parse("2026-03-28T12:00:00Z");
    private static final Schedule EVERY_TEN_MINUTES =
            new Schedule.Cron("*/10 * * * *", "Europe/Berlin");

    @Test
    void countsTheIntervalFromTheStartOfThePreviousPoll() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofSeconds(60)));

        assertThat(schedule.first(NOON)).isEqualTo(NOON);
        assertThat(schedule.next(NOON, NOON.plusSeconds(10))).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void doesNotRepeatMissedTimes() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofSeconds(60)));

        assertThat(schedule.next(NOON, NOON.plusSeconds(200))).isEqualTo(NOON.plusSeconds(200));
    }

    @Test
    void supportsFractionsOfASecond() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofMillis(250)));

        assertThat(schedule.next(NOON, NOON.plusMillis(20))).isEqualTo(NOON.plusMillis(250));
    }

    @Test
    void aPollLongerThanManyIntervalsIsFollowedByOnePoll() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofSeconds(1)));
        ManualClock clock = new ManualClock();
        Instant started = clock.instant();
        clock.advance(Duration.ofSeconds(30));

        Instant second = schedule.next(started, clock.instant());
        assertThat(second).isEqualTo(clock.instant());
        assertThat(schedule.next(second, clock.instant())).isEqualTo(second.plusSeconds(1));
    }

    @Test
    void skipsCronTimesDuringAPoll() {
        PollSchedule schedule = new PollSchedule(EVERY_TEN_MINUTES);

        assertThat(schedule.next(NOON, NOON.plus(Duration.ofMinutes(25))))
                .isEqualTo(NOON.plus(Duration.ofMinutes(30)));
    }

    @Test
    void aNewMappingWaitsForItsCronTime() {
        PollSchedule schedule = new PollSchedule(EVERY_TEN_MINUTES);

        assertThat(schedule.first(NOON.plusSeconds(1)))
                .isEqualTo(NOON.plus(Duration.ofMinutes(10)));
    }

    @Test
    void pollsOnceAtTheStartForCronTimesMissedInADowntime() {
        PollSchedule schedule = new PollSchedule(EVERY_TEN_MINUTES);
        Instant restarted = NOON.plus(Duration.ofMinutes(95));

        Instant first = schedule.firstAfter(Optional.of(NOON), restarted);
        assertThat(first).isEqualTo(restarted);
        assertThat(schedule.next(first, restarted.plusSeconds(2)))
                .isEqualTo(NOON.plus(Duration.ofMinutes(100)));
    }

    @Test
    void aRestartWithoutMissedCronTimesWaitsForTheNextOne() {
        PollSchedule schedule = new PollSchedule(EVERY_TEN_MINUTES);

        assertThat(schedule.firstAfter(Optional.of(NOON), NOON.plus(Duration.ofMinutes(4))))
                .isEqualTo(NOON.plus(Duration.ofMinutes(10)));
    }

    @Test
    void otherSchedulesPollAtARestart() {
        Instant before = NOON.minusSeconds(5);
        for (Schedule schedule :
                List.of(new Schedule.Once(), new Schedule.Every(Duration.ofMinutes(1)))) {
            assertThat(new PollSchedule(schedule).firstAfter(Optional.of(before), NOON))
                    .isEqualTo(NOON);
        }
    }

    @Test
    void aDateThatDoesNotExistIsNeverDue() {
        PollSchedule schedule = new PollSchedule(new Schedule.Cron("0 0 30 2 *", "UTC"));

        assertThat(schedule.first(NOON)).isEqualTo(Instant.MAX);
    }

    @Test
    void delaysDoubleThenGrowByAQuarterUpToFiveMinutes() {
        OutageBackoff backoff =
                new OutageBackoff(new RetryPolicy(3, Duration.ofSeconds(5)), new Random(1));

        assertThat(backoff.failed()).isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
        assertThat(backoff.failed()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
        assertThat(backoff.failed()).isBetween(Duration.ofSeconds(18), Duration.ofSeconds(22));
        assertThat(backoff.isExhausted()).isFalse();
        assertThat(backoff.failed()).isBetween(Duration.ofSeconds(22), Duration.ofSeconds(28));
        assertThat(backoff.isExhausted()).isTrue();
        assertThat(backoff.failed()).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(35));
        for (int i = 0; i < 2000; i++) {
            assertThat(backoff.failed()).isLessThan(Duration.ofSeconds(331));
        }
        backoff.succeeded();
        assertThat(backoff.isTrying()).isFalse();
        assertThat(backoff.failed()).isLessThan(Duration.ofSeconds(6));
    }
}
