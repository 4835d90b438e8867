package com.evolvishub.cdc.planner.spec;

/** What happens if the destination table was replaced since rows were delivered. */
public enum ReplacedTablePolicy {
    /** The mapping stops and reports it. */
    STOP,
    /** Delivery continues into the new table: tables are swapped on purpose. */
    GO_ON
}
