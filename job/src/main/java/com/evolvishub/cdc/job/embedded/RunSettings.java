package com.evolvishub.cdc.job.embedded;

import com.evolvishub.cdc.job.RestoreOptions;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Settings for running a plan in this JVM.
 *
 * @param stateDirectory the directory of its checkpoints and savepoints
 * @param port of REST API and Web UI; 0: any free one
 * @param choices how the run handles state that does not match the plan
 */
public record RunSettings(Path stateDirectory, int port, RestoreOptions choices) {
    public RunSettings {
        Objects.requireNonNull(stateDirectory, "stateDirectory");
    }
}
