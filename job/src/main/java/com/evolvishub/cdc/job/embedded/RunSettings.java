package com.evolvishub.cdc.job.embedded;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How to run a plan in this JVM.
 *
 * @param stateDirectory where its state lies
 * @param port of REST API and Web UI; 0: any free one
 * @param fresh whether to forget the state of earlier runs
 */
public record RunSettings(Path stateDirectory, int port, boolean fresh) {
    public RunSettings {
        Objects.requireNonNull(stateDirectory, "stateDirectory");
    }
}
