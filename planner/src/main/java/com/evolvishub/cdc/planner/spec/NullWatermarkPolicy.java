package com.evolvishub.cdc.planner.spec;

/** What becomes of rows whose watermark is NULL. */
public enum NullWatermarkPolicy {
    /** Left out, counted. */
    IGNORE,
    /** Sent once. */
    INCLUDE_ONCE,
    /** The mapping stops. */
    FAIL
}
