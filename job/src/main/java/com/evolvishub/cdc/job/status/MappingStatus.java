package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * The status of one mapping, now or at the end of the last run. The first ten names are those of
 * the original tool; {@code executions} count polls.
 *
 * @param name the mapping's name
 * @param enabled whether it runs
 * @param description the description in the file
 * @param sourceType for example postgresql
 * @param destinationType for example kafka
 * @param sourceTable the source table
 * @param destinationTable the destination table, topic or stream
 * @param hasCustomQuery whether the source is the user's own SQL
 * @param totalExecutions completed and failed polls
 * @param lastExecution the last poll; null: none yet
 * @param state the label of the mapping's state
 * @param cause the cause of an error state; empty: no error
 * @param since when the mapping entered this state
 * @param nextTry the time of the next retry; empty: not known
 * @param rowsRead rows the source passed on, over all runs
 * @param rowsWritten rows the destination has acknowledged, over all runs
 * @param rowsUnchanged rows that were read and had not changed
 * @param rowsQueued rows that are queued or in flight
 * @param bytesWritten bytes of rows acknowledged
 * @param expectedRows estimated rows of the current read; 0: not known
 * @param lagSeconds how far the destination is behind the source; negative: not known yet
 * @param deliveredAsOf the source's time up to which the destination holds everything, ISO 8601;
 *     empty: nothing yet
 * @param watermark the highest watermark read; empty: none
 * @param lowWatermark the pinned low watermark and the transaction that pins it; empty: none
 * @param rowsRemembered rows in the dedupe state, which keeps rows from being sent twice
 * @param nullWatermarks rows without a watermark at the last count
 * @param futureWatermarks rows that were above the source's clock when last read; they were sent
 * @param watermarkGranuleSeconds the granularity of the watermarks, which polls read again in
 *     addition to the lookback; 0: the granularity of their type
 * @param deletesUnconfirmed rows that the last read missed, and that are deleted if the next one
 *     misses them too
 * @param rowsSkipped rows the destination accepted but did not store (trigger, row-level security),
 *     over all runs
 * @param rowsDeadLettered rows moved to the dead letters, over all runs
 * @param extraRows rows at the destination that the last reset neither loaded nor deleted
 * @param errors failures, over all runs
 * @param retries retries after a failure, over all runs
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MappingStatus(
        @JsonProperty("name") String name,
        @JsonProperty("enabled") boolean enabled,
        @JsonProperty("description") String description,
        @JsonProperty("source_type") String sourceType,
        @JsonProperty("destination_type") String destinationType,
        @JsonProperty("source_table") String sourceTable,
        @JsonProperty("destination_table") String destinationTable,
        @JsonProperty("has_custom_query") boolean hasCustomQuery,
        @JsonProperty("total_executions") long totalExecutions,
        @JsonProperty("last_execution") LastExecution lastExecution,
        @JsonProperty("state") String state,
        @JsonProperty("cause") String cause,
        @JsonProperty("since") String since,
        @JsonProperty("next_try") String nextTry,
        @JsonProperty("rows_read") long rowsRead,
        @JsonProperty("rows_written") long rowsWritten,
        @JsonProperty("rows_unchanged") long rowsUnchanged,
        @JsonProperty("rows_queued") long rowsQueued,
        @JsonProperty("bytes_written") long bytesWritten,
        @JsonProperty("expected_rows") long expectedRows,
        @JsonProperty("lag_seconds") double lagSeconds,
        @JsonProperty("delivered_as_of") String deliveredAsOf,
        @JsonProperty("watermark") String watermark,
        @JsonProperty("reread_floor") String lowWatermark,
        @JsonProperty("rows_remembered") long rowsRemembered,
        @JsonProperty("null_watermarks") long nullWatermarks,
        @JsonProperty("future_watermarks") long futureWatermarks,
        @JsonProperty("watermark_granule_seconds") long watermarkGranuleSeconds,
        @JsonProperty("deletes_unconfirmed") long deletesUnconfirmed,
        @JsonProperty("rows_skipped") long rowsSkipped,
        @JsonProperty("rows_put_aside") long rowsDeadLettered,
        @JsonProperty("extra_rows") long extraRows,
        @JsonProperty("errors") long errors,
        @JsonProperty("retries") long retries) {

    public MappingStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        // a report of an earlier version lacks this text
        lowWatermark = Objects.requireNonNullElse(lowWatermark, "");
    }

    /**
     * The last poll that ended.
     *
     * @param success whether it succeeded
     * @param timestamp when it ended, ISO 8601
     * @param recordsProcessed rows acknowledged over all runs by then
     * @param durationSeconds how long it took
     * @param error why it failed; null: it succeeded
     */
    public record LastExecution(
            @JsonProperty("success") boolean success,
            @JsonProperty("timestamp") String timestamp,
            @JsonProperty("records_processed") long recordsProcessed,
            @JsonProperty("duration_seconds") double durationSeconds,
            @JsonProperty("error") String error) {}
}
