package com.evolvishub.cdc.runtime.pipeline;

/**
 * The metrics of a pipeline, in the metric group {@code mapping=<name>}. Status reads them by these
 * names over Flink's REST API. Counts are totals since the pipeline's first run; times are ISO-8601
 * texts in UTC, empty if there is none.
 */
public enum MetricName {
    /** Rows that the source read, before change detection. */
    ROWS_READ("rowsRead"),
    /** Rows that the destination has acknowledged. */
    ROWS_WRITTEN("rowsWritten"),
    /** Rows not sent again, because the dedupe state holds the same version. */
    ROWS_UNCHANGED("rowsUnchanged"),
    /** Bytes of COPY text in the written rows. */
    BYTES_WRITTEN("bytesWritten"),
    /** Rows with a sequence number that are not acknowledged yet. */
    ROWS_QUEUED("rowsQueued"),
    /** Complete polls. */
    POLLS("polls"),
    /** Milliseconds that the last complete poll took. */
    POLL_MILLIS("pollMillis"),
    /** Errors of source and destination. */
    ERRORS("errors"),
    /** Retries after an error. */
    RETRIES("retries"),
    /** Rows with a NULL watermark at the last count. */
    NULL_WATERMARKS("nullWatermarks"),
    /** Future rows at the last count. */
    FUTURE_WATERMARKS("futureWatermarks"),
    /** Granularity of the watermarks, which extends the lookback; 0: none. */
    WATERMARK_GRANULARITY_SECONDS("watermarkGranuleSeconds"),
    /**
     * Unconfirmed deletes: rows missing from the last read, deleted if the next one misses them
     * too.
     */
    UNCONFIRMED_DELETES("deletesUnconfirmed"),
    /** Rows that the destination accepted and did not store, for example because of a trigger. */
    ROWS_SKIPPED("rowsSkipped"),
    /** Rows written to the dead letters. */
    ROWS_DEAD_LETTERED("rowsPutAside"),
    /** Extra rows: rows at the destination that a reset did not load and did not delete. */
    EXTRA_ROWS("extraRows"),
    /** Rows in the dedupe state, which prevents sending them again. */
    DEDUPE_STATE_ROWS("rowsRemembered"),
    /** The low watermark that polls read from, and what pins it; empty: none. */
    LOW_WATERMARK("rereadFloor"),
    /** Rows that the running read is expected to return; 0: not known. */
    EXPECTED_ROWS("expectedRows"),
    /**
     * Seconds since the source time up to which the destination holds all rows; NaN before the
     * first poll is delivered.
     */
    LAG_SECONDS("lagSeconds"),
    /** Label of the pipeline's {@link MappingState}. */
    STATE("state"),
    /** Reason for the state; empty: no error. */
    CAUSE("cause"),
    /** When it entered the state. */
    SINCE("since"),
    /** Time of the next retry after an error. */
    NEXT_RETRY("nextTry"),
    /** The highest watermark read, as the database prints it. */
    WATERMARK("watermark"),
    /** When the last complete poll ended. */
    LAST_POLL("lastPoll"),
    /** The source time up to which the destination holds all rows. */
    DELIVERED_AS_OF("deliveredAsOf"),
    /** The last error; empty if there was none. */
    LAST_ERROR("lastError");

    private final String label;

    MetricName(String label) {
        this.label = label;
    }

    /** The metric's name in its group. */
    public String label() {
        return label;
    }
}
