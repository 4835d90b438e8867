package com.evolvishub.cdc.job;

import com.evolvishub.cdc.planner.physical.Pipeline;

/**
 * The uid that keys an operator's state: the pipeline's identity and the operator's role. Order in
 * the file, number of workers and shape of the plan may change between two runs.
 */
public enum OperatorUid {
    /** Reads the source; the first operator of the chain. */
    READ("read"),
    /** Detects changes by comparing rows with keyed state. */
    DETECT("detect"),
    /** Drops columns. */
    PROJECT("project"),
    /** Writes to the destination. */
    DELIVER("deliver"),
    /** Writes to the destination after {@link #DELIVER}, as a two-phase-commit sink. */
    COMMIT("commit");

    private final String role;

    OperatorUid(String role) {
        this.role = role;
    }

    /** The uid of this role in a pipeline. */
    public String of(Pipeline pipeline) {
        return pipeline.identity() + "/" + role;
    }

    /** The operator name of this role in a pipeline, as the Web UI shows it. */
    public String label(Pipeline pipeline) {
        return label(pipeline.mapping());
    }

    /** The operator name of this role in the pipeline named {@code mapping}. */
    public String label(String mapping) {
        return mapping + ": " + role;
    }
}
