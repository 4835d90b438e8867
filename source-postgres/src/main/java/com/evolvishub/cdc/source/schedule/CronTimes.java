package com.evolvishub.cdc.source.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import com.evolvishub.cdc.planner.physical.Schedule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * The times of a cron expression. It is read by the clock on the wall of its zone; where that clock
 * is changed, the rules are our own:
 *
 * <ul>
 *   <li>Times that the clock leaps over are due once, at the leap: with 02:00 → 03:00 an expression
 *       for 02:30 is due at 03:00.
 *   <li>A time that comes twice is due the first time. An expression for every hour (one whose
 *       field of the hours begins with an asterisk) is due both times, so that there is no hole.
 * </ul>
 */
final class CronTimes {

    private static final CronParser PARSER =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime byTheWall;
    private final ZoneRules rules;
    private final boolean everyHour;

    CronTimes(Schedule.Cron schedule) {
        Cron cron = PARSER.parse(schedule.expression());
        // asked for times in UTC only: a wall whose clock nobody changes
        byTheWall = ExecutionTime.forCron(cron);
        rules = ZoneId.of(schedule.zone()).getRules();
        everyHour =
                cron.retrieveFieldsAsMap()
                        .get(CronFieldName.HOUR)
                        .getExpression()
                        .asString()
                        .startsWith("*");
    }

    /** The first time after {@code instant}; the end of time if there is none. */
    Instant after(Instant instant) {
        ZoneOffset offset = rules.getOffset(instant);
        LocalDateTime wall = LocalDateTime.ofInstant(instant, offset);
        ZoneOffsetTransition here = rules.getTransition(wall);
        if (!everyHour
                && here != null
                && here.isOverlap()
                && offset.equals(here.getOffsetAfter())) {
            wall = behind(here);
        }
        Instant from = instant;
        while (true) {
            Optional<LocalDateTime> due = next(wall);
            if (due.isEmpty()) {
                return Instant.MAX;
            }
            Instant candidate = due.get().toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || candidate.isBefore(change.getInstant())) {
                return candidate;
            }
            if (change.isGap() && due.get().isBefore(change.getDateTimeAfter())) {
                return change.getInstant();
            }
            from = change.getInstant();
            offset = change.getOffsetAfter();
            wall = behind(change);
        }
    }

    /** Where to go on looking once the clock was changed; what is due then is behind it. */
    private LocalDateTime behind(ZoneOffsetTransition change) {
        boolean leavesOutTheSecondTime = change.isOverlap() && !everyHour;
        return (leavesOutTheSecondTime ? change.getDateTimeBefore() : change.getDateTimeAfter())
                .minusNanos(1);
    }

    private Optional<LocalDateTime> next(LocalDateTime wall) {
        return byTheWall
                .nextExecution(wall.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime);
    }
}
