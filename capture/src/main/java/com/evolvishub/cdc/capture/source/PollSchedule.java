package com.evolvishub.cdc.capture.source;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import com.evolvishub.cdc.planner.physical.Schedule;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** Says when the next poll starts. */
final class PollSchedule {

    private final Schedule schedule;

    PollSchedule(Schedule schedule) {
        this.schedule = schedule;
    }

    boolean isOnce() {
        return schedule instanceof Schedule.Once;
    }

    /** The first poll's time, for a task that starts now. */
    Instant first(Instant now) {
        return schedule instanceof Schedule.Cron cron ? next(cron, now) : now;
    }

    /**
     * The next poll's time. Times that have gone by while a poll ran are skipped, not made up for.
     *
     * @param begun when the last poll began
     */
    Instant next(Instant begun, Instant now) {
        if (schedule instanceof Schedule.Cron cron) {
            return next(cron, now);
        }
        if (schedule instanceof Schedule.Every every) {
            Instant due = begun.plus(every.interval());
            return due.isBefore(now) ? now : due;
        }
        return now;
    }

    private static Instant next(Schedule.Cron cron, Instant now) {
        CronParser parser =
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        ZonedDateTime from = now.atZone(ZoneId.of(cron.zone()));
        return ExecutionTime.forCron(parser.parse(cron.expression()))
                .nextExecution(from)
                .map(ZonedDateTime::toInstant)
                .orElse(Instant.MAX);
    }
}
