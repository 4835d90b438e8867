package com.evolvishub.cdc.connectors.postgres.transactional;

import java.util.Objects;

/**
 * The run and epoch of a writer, kept in checkpoints: a restarted task must not take the pipeline
 * back from another run.
 *
 * @param run the run of the job
 * @param epoch the epoch that it wrote under
 */
record WriterEpoch(String run, long epoch) {
    WriterEpoch {
        Objects.requireNonNull(run, "run");
    }
}
