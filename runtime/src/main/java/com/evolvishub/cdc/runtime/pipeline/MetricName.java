package com.evolvishub.cdc.runtime.pipeline;

/**
 * The metrics of a lane, in the metric group {@code mapping=<name>}. Status reads them back by
 * these names over Flink's REST API. Counts are whole numbers since the lane's first run; times are
 * ISO-8601 texts in UTC, empty when there is none.
 */
public enum MetricName {
    /** Rows that the source handed on, before any comparison with state. */
    ROWS_READ("rowsRead"),
    /** Rows that the destination has acknowledged. */
    ROWS_WRITTEN("rowsWritten"),
    /** Rows dropped because they were sent before. */
    ROWS_UNCHANGED("rowsUnchanged"),
    /** Bytes of COPY text in the written rows. */
    BYTES_WRITTEN("bytesWritten"),
    /** Rows numbered and not yet acknowledged. */
    ROWS_QUEUED("rowsQueued"),
    /** Complete polls. */
    POLLS("polls"),
    /** Milliseconds that the last complete poll took. */
    POLL_MILLIS("pollMillis"),
    /** Failures of either end. */
    ERRORS("errors"),
    /** Tries after a failure. */
    RETRIES("retries"),
    /** Rows with a NULL watermark at the last count. */
    NULL_WATERMARKS("nullWatermarks"),
    /** Rows above the current time at the last count: they wait. */
    FUTURE_WATERMARKS("futureWatermarks"),
    /** Seconds that a watermark stands for, read again besides the look-back; 0: none. */
    WATERMARK_GRANULARITY_SECONDS("watermarkGranuleSeconds"),
    /** Rows that the last read missed, and that are deleted if the next one misses them too. */
    UNCONFIRMED_DELETES("deletesUnconfirmed"),
    /** Rows that the destination took and left out, by rules of its own such as a trigger. */
    ROWS_SKIPPED("rowsSkipped"),
    /** Rows put where dead letters go. */
    ROWS_DEAD_LETTERED("rowsPutAside"),
    /** Rows at the destination that a reset found there, did not load and did not delete. */
    EXTRA_ROWS("extraRows"),
    /** Rows that are remembered, so that a read that shows them again does not send them again. */
    DEDUPE_STATE_ROWS("rowsRemembered"),
    /** How far back polls have to read, and what makes them; empty when nothing does. */
    LOW_WATERMARK("rereadFloor"),
    /** Rows that the read under way is expected to have; 0: not known. */
    EXPECTED_ROWS("expectedRows"),
    /**
     * Seconds between now and the source's time up to which the destination holds everything; NaN
     * before the first poll is delivered.
     */
    LAG_SECONDS("lagSeconds"),
    /** Label of the lane's {@link MappingState}. */
    STATE("state"),
    /** Why it is in that state; empty when all is well. */
    CAUSE("cause"),
    /** When it came into that state. */
    SINCE("since"),
    /** When a failed end is tried again. */
    NEXT_RETRY("nextTry"),
    /** The highest watermark read, in the database's own text. */
    WATERMARK("watermark"),
    /** When the last complete poll ended. */
    LAST_POLL("lastPoll"),
    /** The source's time up to which the destination holds everything. */
    DELIVERED_AS_OF("deliveredAsOf"),
    /** The last thing that went wrong; empty when nothing has. */
    LAST_ERROR("lastError");

    private final String label;

    MetricName(String label) {
        this.label = label;
    }

    /** The metric's name inside its group. */
    public String label() {
        return label;
    }
}
