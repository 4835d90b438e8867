package com.evolvishub.cdc.planner.spec;

/** The values of {@code capture}. */
public enum CaptureMode {
    /** Rows above a lower bound of one column. */
    WATERMARK,
    /** What the user's query returns for its last_sync. */
    QUERY,
    /** Everything, compared with what was there before. */
    DIFF
}
