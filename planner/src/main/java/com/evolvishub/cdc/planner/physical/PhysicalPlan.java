package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What one job runs.
 *
 * @param name the file's {@code name}
 * @param pipelines one for each mapping and destination, in the file's order
 * @param workers number of slot-sharing groups
 * @param stopOnError whether the first quarantined mapping stops the job
 * @param checkpointInterval time between two checkpoints
 * @param checkpointTimeout how long a checkpoint may take
 * @param checkpointStorage where checkpoints are stored; empty: the run's state directory or the
 *     cluster's setting
 */
public record PhysicalPlan(
        String name,
        List<Pipeline> pipelines,
        int workers,
        boolean stopOnError,
        Duration checkpointInterval,
        Duration checkpointTimeout,
        String checkpointStorage)
        implements Serializable {

    public PhysicalPlan {
        Objects.requireNonNull(name, "name");
        pipelines = List.copyOf(pipelines);
        Objects.requireNonNull(checkpointInterval, "checkpointInterval");
        Objects.requireNonNull(checkpointTimeout, "checkpointTimeout");
        Objects.requireNonNull(checkpointStorage, "checkpointStorage");
    }
}
