package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/** When a mapping polls. */
public sealed interface Schedule extends Serializable {

    /** Runs until the destination is up to date, then finishes ({@code mode: one_time}). */
    record Once() implements Schedule {}

    /**
     * Starts a poll {@code interval} after the start of the last one ({@code mode: continuous}).
     *
     * @param interval time between the starts of two polls
     */
    record Every(Duration interval) implements Schedule {
        public Every {
            Objects.requireNonNull(interval, "interval");
        }
    }

    /**
     * Polls at the times of a five-field cron expression ({@code mode: cron}).
     *
     * @param expression the five fields
     * @param zone name of its time zone
     */
    record Cron(String expression, String zone) implements Schedule {
        public Cron {
            Objects.requireNonNull(expression, "expression");
            Objects.requireNonNull(zone, "zone");
        }
    }
}
