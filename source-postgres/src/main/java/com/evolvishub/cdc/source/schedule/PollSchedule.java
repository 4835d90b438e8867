package com.evolvishub.cdc.source.schedule;

import com.evolvishub.cdc.planner.physical.Schedule;
import java.time.Instant;
import java.util.Optional;

/** Computes the start of the next poll. */
public final class PollSchedule {

    private final Schedule schedule;
    private final Optional<CronTimes> cron;

    public PollSchedule(Schedule schedule) {
        this.schedule = schedule;
        this.cron =
                schedule instanceof Schedule.Cron times
                        ? Optional.of(new CronTimes(times))
                        : Optional.empty();
    }

    public boolean isOnce() {
        return schedule instanceof Schedule.Once;
    }

    /** The first poll's time, for a mapping that has never polled and starts now. */
    public Instant first(Instant now) {
        return firstAfter(Optional.empty(), now);
    }

    /**
     * The first poll's time, for a task that starts now. A cron schedule waits for its next time,
     * but times missed since the last poll are made up for by one poll, now. All other schedules
     * poll now.
     *
     * @param lastPollBegan when the last complete poll began, also in an earlier run; empty: there
     *     was none
     */
    public Instant firstAfter(Optional<Instant> lastPollBegan, Instant now) {
        return cron.map(times -> later(times.after(lastPollBegan.orElse(now)), now)).orElse(now);
    }

    /**
     * The next poll's time. Times missed while a poll ran are skipped.
     *
     * @param begun when the last poll began
     */
    public Instant next(Instant begun, Instant now) {
        if (schedule instanceof Schedule.Every every) {
            return later(begun.plus(every.interval()), now);
        }
        return cron.map(times -> times.after(now)).orElse(now);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
