package com.evolvishub.cdc.planner.spec;

/** The type family of a watermark column. */
public enum WatermarkType {
    /** timestamp, timestamptz or date. */
    TIMESTAMP,
    /** int2, int4, int8, numeric or xid8. */
    INTEGER,
    /** text, uuid and every other sortable type. */
    STRING
}
