package com.evolvishub.cdc.job;

import java.util.Objects;

/**
 * What one run of a plan decides for itself.
 *
 * @param run a random id: two runs of one plan must not be taken for each other
 * @param endsWhenFinished whether a finished {@code one_time} mapping ends its Flink task. A
 *     finished task leaves no state to go on from, so only a job made of nothing else ends that way
 * @param choices what is done about state that does not fit
 * @param stopsItself whether a quarantined mapping fails the job where the file says {@code
 *     stop_on_error}; false where somebody watches the job and stops it with its state saved
 */
public record JobOptions(
        String run, boolean endsWhenFinished, RestoreOptions choices, boolean stopsOnQuarantine) {
    public JobOptions {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(choices, "choices");
    }
}
