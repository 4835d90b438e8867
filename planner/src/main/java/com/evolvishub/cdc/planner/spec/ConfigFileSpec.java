package com.evolvishub.cdc.planner.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A whole file, defaults filled in.
 *
 * @param name state and consumer names hang on it
 * @param description for people; may be empty
 * @param mappings at least one, names unique, in the file's order
 * @param parallelExecution false: one worker, mappings take turns in the file's order
 * @param maxWorkers 1 or more
 * @param stopOnError whether the first quarantined mapping ends the job
 * @param logLevel what is logged
 * @param checkpointInterval {@code checkpoint.interval_seconds}
 * @param checkpointTimeout {@code checkpoint.timeout_seconds}
 * @param checkpointStorage {@code checkpoint.storage}; empty: not given
 * @param sharedCheckpoints allows {@code delivery: transactional} beside other mappings
 */
public record ConfigFileSpec(
        String name,
        String description,
        List<MappingSpec> mappings,
        boolean parallelExecution,
        int maxWorkers,
        boolean stopOnError,
        LogLevel logLevel,
        Duration checkpointInterval,
        Duration checkpointTimeout,
        String checkpointStorage,
        boolean sharedCheckpoints) {

    public ConfigFileSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        mappings = List.copyOf(mappings);
        Objects.requireNonNull(logLevel, "logLevel");
        Objects.requireNonNull(checkpointInterval, "checkpointInterval");
        Objects.requireNonNull(checkpointTimeout, "checkpointTimeout");
        Objects.requireNonNull(checkpointStorage, "checkpointStorage");
    }
}
