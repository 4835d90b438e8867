package com.evolvishub.cdc.planner.spec;

/** What a mapping does when the columns of its source change. */
public enum SchemaChangePolicy {
    /** Continue if the destination can be adapted. */
    EVOLVE,
    /** Continue to deliver the columns known before. */
    IGNORE,
    /** Stop the mapping and report the statement to run. */
    FAIL
}
