package com.evolvishub.cdc.planner.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The content of a file, with defaults.
 *
 * @param name the names of state and consumers are derived from it
 * @param description human-readable; may be empty
 * @param mappings at least one, names unique, in the file's order
 * @param parallelExecution false: one worker, mappings take read turns in the file's order
 * @param maxWorkers 1 or more
 * @param stopOnError whether the first quarantined mapping stops the job
 * @param logLevel {@code log_level}
 * @param checkpointInterval {@code checkpoint.interval_seconds}
 * @param checkpointTimeout {@code checkpoint.timeout_seconds}
 * @param checkpointStorage {@code checkpoint.storage}; empty: not given
 * @param sharedCheckpoints allows {@code delivery: transactional} together with other mappings
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
