package com.evolvishub.cdc.planner.spec;

/** By which order the texts of a watermark are compared. */
public enum WatermarkCollation {
    /** The column's own, the default of its database included. */
    COLUMN,
    /** Byte by byte. */
    C
}
