package com.evolvishub.cdc.planner.spec;

/** The family of values a watermark column holds. */
public enum WatermarkType {
    /** timestamp, timestamptz or date. */
    TIMESTAMP,
    /** int2, int4, int8, numeric or xid8. */
    INTEGER,
    /** text, uuid and whatever else sorts. */
    STRING
}
