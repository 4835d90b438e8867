package com.evolvishub.cdc.job;

import java.util.Objects;

/**
 * Options of one run of a plan.
 *
 * @param run a random id that distinguishes this run from other runs of the same plan
 * @param endsWhenFinished whether a finished {@code one_time} mapping ends its Flink task. A
 *     finished task leaves no state to resume from, so only a job of nothing but {@code one_time}
 *     mappings sets this
 * @param choices how a run handles state that does not match the plan
 * @param stopsOnQuarantine whether a quarantined mapping fails the job if the file sets {@code
 *     stop_on_error}; false if the caller monitors the job and stops it with a savepoint
 */
public record JobOptions(
        String run, boolean endsWhenFinished, RestoreOptions choices, boolean stopsOnQuarantine) {
    public JobOptions {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(choices, "choices");
    }
}
