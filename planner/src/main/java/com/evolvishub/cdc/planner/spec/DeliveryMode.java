package com.evolvishub.cdc.planner.spec;

/** The delivery guarantee of a mapping. */
public enum DeliveryMode {
    /** Each row once, through the write-ahead queue. */
    EXACTLY_ONCE,
    /** Each row at least once, sent before a checkpoint completes. */
    AT_LEAST_ONCE,
    /** Two-phase commit at the destination, tied to the checkpoints of the whole job. */
    TRANSACTIONAL
}
