package com.evolvishub.cdc.planner.spec;

/** What a mapping asks of its delivery. */
public enum DeliveryMode {
    /** Each row once, through the write-ahead queue. */
    EXACTLY_ONCE,
    /** Each row at least once, sent without waiting for a checkpoint. */
    AT_LEAST_ONCE,
    /** The destination's two-phase commit, tied to the whole job's checkpoints. */
    TRANSACTIONAL
}
