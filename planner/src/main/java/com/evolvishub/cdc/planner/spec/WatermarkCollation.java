package com.evolvishub.cdc.planner.spec;

/** The order in which text watermarks are compared. */
public enum WatermarkCollation {
    /** The collation of the column, which may be the database's default. */
    COLUMN,
    /** Byte by byte. */
    C
}
