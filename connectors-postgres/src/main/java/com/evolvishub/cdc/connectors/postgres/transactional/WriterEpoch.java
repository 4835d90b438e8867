package com.evolvishub.cdc.connectors.postgres.transactional;

import java.util.Objects;

/**
 * What a checkpoint keeps of the writer that it was made with: a task that is started again must
 * not take the lane back from another run.
 *
 * @param run the run of the job
 * @param epoch under which it wrote
 */
record WriterEpoch(String run, long epoch) {
    WriterEpoch {
        Objects.requireNonNull(run, "run");
    }
}
