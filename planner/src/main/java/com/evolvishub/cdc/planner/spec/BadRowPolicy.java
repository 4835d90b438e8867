package com.evolvishub.cdc.planner.spec;

/** What is done with a row that a destination rejects. */
public enum BadRowPolicy {
    /** The mapping stops and reports the row; nothing is lost. */
    QUARANTINE,
    /** The row is written to the dead letters and the mapping continues. */
    DEAD_LETTER
}
