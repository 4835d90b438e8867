package com.evolvishub.cdc.runtime.pipeline;

import java.io.Serializable;
import java.util.Objects;

/**
 * Names a lane inside a JVM. Two runs of one file in one JVM (tests, a re-submitted job) must not
 * meet, so the run is part of it.
 *
 * @param run a random id, made when the job graph is built
 * @param identity the pipeline's identity
 */
public record PipelineKey(String run, String identity) implements Serializable {
    public PipelineKey {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(identity, "identity");
    }
}
