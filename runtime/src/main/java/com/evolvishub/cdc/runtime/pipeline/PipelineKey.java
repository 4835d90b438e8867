package com.evolvishub.cdc.runtime.pipeline;

import java.io.Serializable;
import java.util.Objects;

/**
 * Identifies a pipeline inside a JVM. Includes the run, so that two runs of one file in one JVM
 * (tests, a resubmitted job) do not share state.
 *
 * @param run random id, created with the job graph
 * @param identity the pipeline's identity
 */
public record PipelineKey(String run, String identity) implements Serializable {
    public PipelineKey {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(identity, "identity");
    }
}
