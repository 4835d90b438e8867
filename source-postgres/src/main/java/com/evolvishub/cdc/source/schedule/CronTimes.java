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
 * The times of a cron expression, in the local time of its zone. At changes of the local time these
 * rules apply:
 *
 * <ul>
 *   <li>Skipped times are due once, at the change: with 02:00 → 03:00 an expression for 02:30 is
 *       due at 03:00.
 *   <li>A repeated time is due the first time. An expression for every hour (whose hour field
 *       begins with an asterisk) is due both times, so that no hour is left out.
 * </ul>
 */
final class CronTimes {

    private static final CronParser PARSER =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime localTimes;
    private final ZoneRules rules;
    private final boolean everyHour;

    CronTimes(Schedule.Cron schedule) {
        Cron cron = PARSER.parse(schedule.expression());
        // only used with times in UTC, which has no changes
        localTimes = ExecutionTime.forCron(cron);
        rules = ZoneId.of(schedule.zone()).getRules();
        everyHour =
                cron.retrieveFieldsAsMap()
                        .get(CronFieldName.HOUR)
                        .getExpression()
                        .asString()
                        .startsWith("*");
    }

    /** The first time after {@code instant}; {@link Instant#MAX} if there is none. */
    Instant after(Instant instant) {
        ZoneOffset offset = rules.getOffset(instant);
        LocalDateTime localTime = LocalDateTime.ofInstant(instant, offset);
        ZoneOffsetTransition transition = rules.getTransition(localTime);
        if (!everyHour
                && transition != null
                && transition.isOverlap()
                && offset.equals(transition.getOffsetAfter())) {
            localTime = searchStart(transition);
        }
        Instant from = instant;
        while (true) {
            Optional<LocalDateTime> due = next(localTime);
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
            localTime = searchStart(change);
        }
    }

    /** The local time from which the search continues after a change; due times are after it. */
    private LocalDateTime searchStart(ZoneOffsetTransition change) {
        boolean skipsRepeat = change.isOverlap() && !everyHour;
        return (skipsRepeat ? change.getDateTimeBefore() : change.getDateTimeAfter()).minusNanos(1);
    }

    private Optional<LocalDateTime> next(LocalDateTime localTime) {
        return localTimes
                .nextExecution(localTime.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime);
    }
}
