package com.evolvishub.cdc.job.embedded;

import com.evolvishub.cdc.job.RestoreOptions;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How to run a plan in this JVM.
 *
 * @param stateDirectory where its state lies
 * @param port of REST API and Web UI; 0: any free one
 * @param choices what is done about state that does not fit
 */
public record RunSettings(Path stateDirectory, int port, RestoreOptions choices) {
    public RunSettings {
        Objects.requireNonNull(stateDirectory, "stateDirectory");
    }
}
