package com.evolvishub.cdc.source.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Berlin's clocks change from 02:00 to 03:00 on 29 March 2026, and from 03:00 to 02:00 on 25
 * October.
 */
class CronTimesTest {

    private static final String BERLIN = "Europe/Berlin";

    @Test
    void evaluatesTheExpressionInItsZone() {
        assertThat(times("30 6 * * *", BERLIN, "2026-03-27T12:00:00Z", 3))
                .containsExactly(
                        "2026-03-28T05:30:00Z", "2026-03-29T04:30:00Z", "2026-03-30T04:30:00Z");
        assertThat(times("0 0 1 * *", "UTC", "2026-01-15T00:00:00Z", 2))
                .containsExactly("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        assertThat(times("0 9 * * 1-5", "America/New_York", "2026-07-03T12:00:00Z", 2))
                .containsExactly("2026-07-03T13:00:00Z", "2026-07-06T13:00:00Z");
    }

    @Test
    void aSkippedTimeIsDueOnceAtTheClockChange() {
        assertThat(times("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
                .containsExactly(
                        "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    }

    @Test
    void severalSkippedTimesAreDueOnceTogether() {
        assertThat(times("0,20,40 2,3 * * *", BERLIN, "2026-03-29T00:00:00Z", 4))
                .containsExactly(
                        "2026-03-29T01:00:00Z",
                        "2026-03-29T01:20:00Z",
                        "2026-03-29T01:40:00Z",
                        "2026-03-30T00:00:00Z");
    }

    @Test
    void aRepeatedTimeIsDueTheFirstTime() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    @Test
    void aRepeatedTimeIsNotDueAgainAfterItsFirstOccurrence() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-25T01:10:00Z", 1))
                .containsExactly("2026-10-26T01:30:00Z");
        assertThat(times("0 3 * * *", BERLIN, "2026-10-25T01:10:00Z", 1))
                .containsExactly("2026-10-25T02:00:00Z");
    }

    @Test
    void anExpressionForEveryHourHasNoGapAtClockChanges() {
        assertThat(times("*/30 * * * *", BERLIN, "2026-10-25T00:15:00Z", 5))
                .containsExactly(
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:00:00Z",
                        "2026-10-25T02:30:00Z");
        assertThat(times("*/30 * * * *", BERLIN, "2026-03-29T00:15:00Z", 3))
                .containsExactly(
                        "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z");
    }

    @Test
    void supportsAClockChangeOfHalfAnHour() {
        // Lord Howe Island changes from 02:00 to 02:30 on 4 October 2026, at 15:30 UTC the day
        // before
        assertThat(times("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 1))
                .containsExactly("2026-10-03T15:30:00Z");
    }

    private static List<String> times(String expression, String zone, String from, int count) {
        CronTimes times = new CronTimes(new Schedule.Cron(expression, zone));
        List<String> found = new ArrayList<>();
        Instant at = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            at = times.after(at);
            found.add(at.toString());
        }
        return found;
    }
}
