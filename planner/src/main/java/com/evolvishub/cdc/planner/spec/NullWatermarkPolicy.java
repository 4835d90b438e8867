package com.evolvishub.cdc.planner.spec;

/** What is done with rows whose watermark is NULL. */
public enum NullWatermarkPolicy {
    /** Skipped and counted. */
    IGNORE,
    /** Sent once. */
    INCLUDE_ONCE,
    /** The mapping stops. */
    FAIL
}
