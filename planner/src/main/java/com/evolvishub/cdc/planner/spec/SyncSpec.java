package com.evolvishub.cdc.planner.spec;

import java.time.Duration;
import java.util.Objects;

/**
 * A sync block, with defaults and overrides applied key by key.
 *
 * @param mode when to poll
 * @param interval time between the starts of two polls, for {@link Mode#CONTINUOUS}
 * @param batchSize rows per page, 1 or more
 * @param cronExpression five fields; empty unless the mode is {@link Mode#CRON}
 * @param timezone the zone of the cron expression
 * @param retryAttempts {@code error_retry_attempts}
 * @param retryDelay {@code error_retry_delay}
 */
public record SyncSpec(
        Mode mode,
        Duration interval,
        int batchSize,
        String cronExpression,
        String timezone,
        int retryAttempts,
        Duration retryDelay) {

    /** The values of {@code mode}. */
    public enum Mode {
        /** Until up to date, then finished. */
        ONE_TIME,
        /** A poll each interval. */
        CONTINUOUS,
        /** Polls at the times of a cron expression. */
        CRON
    }

    public SyncSpec {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(cronExpression, "cronExpression");
        Objects.requireNonNull(timezone, "timezone");
        Objects.requireNonNull(retryDelay, "retryDelay");
    }
}
