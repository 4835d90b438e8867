package com.evolvishub.cdc.job;

import com.evolvishub.cdc.planner.physical.Pipeline;

/**
 * What an operator's state hangs on: the pipeline's identity and the operator's role, and nothing
 * else. Order in the file, number of workers and shape of the plan may change between two runs.
 */
public enum OperatorUid {
    /** Reads the source. The head of the chain. */
    READ("read"),
    /** Compares with keyed state. */
    DETECT("detect"),
    /** Drops columns. */
    PROJECT("project"),
    /** Writes to the destination. */
    DELIVER("deliver"),
    /** Writes to the destination behind {@link #DELIVER}, by a sink of Flink's. */
    COMMIT("commit");

    private final String role;

    OperatorUid(String role) {
        this.role = role;
    }

    /** The uid of this role in a pipeline. */
    public String of(Pipeline pipeline) {
        return pipeline.identity() + "/" + role;
    }

    /** What the Web UI shows for this role in a pipeline. */
    public String label(Pipeline pipeline) {
        return label(pipeline.mapping());
    }

    /** What the Web UI shows for this role in the pipeline of that name. */
    public String label(String mapping) {
        return mapping + ": " + role;
    }
}
