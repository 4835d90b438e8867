package com.evolvishub.cdc.planner.spec;

/** The values of {@code capture}. */
public enum CaptureMode {
    /** Rows above a lower bound of one column. */
    WATERMARK,
    /** The rows that the user's query returns for {@code last_sync}. */
    QUERY,
    /** All rows, compared with the previous read. */
    DIFF
}
