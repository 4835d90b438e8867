package com.evolvishub.cdc.planner.spec;

/** What becomes of a row that a destination cannot take. */
public enum BadRowPolicy {
    /** The mapping stops and names the row; nothing is lost. */
    QUARANTINE,
    /** The row goes to the dead letters and the mapping goes on. */
    DEAD_LETTER
}
