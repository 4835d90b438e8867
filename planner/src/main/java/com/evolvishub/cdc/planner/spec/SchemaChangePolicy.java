package com.evolvishub.cdc.planner.spec;

/** What a mapping does when its source's columns change. */
public enum SchemaChangePolicy {
    /** Go on where the destination can take it. */
    EVOLVE,
    /** Keep delivering the columns known before. */
    IGNORE,
    /** Stop the mapping with the statement to run. */
    FAIL
}
