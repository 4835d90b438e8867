package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Retry;
import com.evolvishub.cdc.planner.physical.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PollScheduleTest {

    private static final Instant NOON = Instant.parse("2026-03-28T12:00:00Z");

    @Test
    void countsTheIntervalFromTheStartOfThePollBefore() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofSeconds(60)));

        assertThat(schedule.first(NOON)).isEqualTo(NOON);
        assertThat(schedule.next(NOON, NOON.plusSeconds(10))).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void doesNotMakeUpForTimesThatHaveGoneBy() {
        PollSchedule schedule = new PollSchedule(new Schedule.Every(Duration.ofSeconds(60)));

        assertThat(schedule.next(NOON, NOON.plusSeconds(200))).isEqualTo(NOON.plusSeconds(200));
    }

    @Test
    void readsACronExpressionInItsZoneAcrossTheChangeOfTheClocks() {
        PollSchedule schedule = new PollSchedule(new Schedule.Cron("30 6 * * *", "Europe/Berlin"));

        Instant saturday = schedule.first(NOON.minusSeconds(86_400));
        Instant sunday = schedule.next(saturday, saturday.plusSeconds(5));
        assertThat(saturday).isEqualTo("2026-03-28T05:30:00Z");
        assertThat(sunday).isEqualTo("2026-03-29T04:30:00Z");
    }

    @Test
    void pausesDoubleUpToFiveMinutes() {
        BackOff backOff = new BackOff(new Retry(3, Duration.ofSeconds(5)), new Random(1));

        assertThat(backOff.failed()).isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
        assertThat(backOff.failed()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
        assertThat(backOff.failed()).isBetween(Duration.ofSeconds(18), Duration.ofSeconds(22));
        assertThat(backOff.isExhausted()).isFalse();
        backOff.failed();
        assertThat(backOff.isExhausted()).isTrue();
        for (int i = 0; i < 2000; i++) {
            assertThat(backOff.failed()).isLessThan(Duration.ofSeconds(331));
        }
        backOff.succeeded();
        assertThat(backOff.isTrying()).isFalse();
        assertThat(backOff.failed()).isLessThan(Duration.ofSeconds(6));
    }
}
