package com.evolvishub.cdc.planner.spec;

/** What happens when the destination table is another one than the rows were delivered to. */
public enum ReplacedTablePolicy {
    /** The mapping stops, and says so. */
    STOP,
    /** It goes on into the new one: tables are swapped on purpose. */
    GO_ON
}
