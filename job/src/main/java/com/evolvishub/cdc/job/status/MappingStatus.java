package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * One mapping, as it is now or as the last run left it. The first ten names are those of the
 * original tool; {@code executions} count polls.
 *
 * @param name the mapping's name
 * @param enabled whether it runs
 * @param description for people
 * @param sourceType for example postgresql
 * @param destinationType for example kafka
 * @param sourceTable what is read
 * @param destinationTable where it goes
 * @param hasCustomQuery whether the user's own SQL is read
 * @param totalExecutions polls that ended, well or not
 * @param lastExecution the last of them; null: none yet
 * @param state one word or two of how it is
 * @param cause why, when it is not well
 * @param since when it came into this state
 * @param nextTry when it is tried again; empty: not known
 * @param rowsRead rows the source handed on, over all runs
 * @param rowsWritten rows the destination has acknowledged, over all runs
 * @param rowsUnchanged rows that were read and had not changed
 * @param rowsQueued rows on their way
 * @param bytesWritten bytes of rows acknowledged
 * @param expectedRows rows the read under way may have; 0: not known
 * @param lagSeconds how far the destination is behind the source; negative: not known yet
 * @param deliveredAsOf the source's time up to which the destination holds everything, ISO 8601;
 *     empty: nothing yet
 * @param watermark the highest watermark read; empty: none
 * @param rereadFloor how far back polls have to read, and what makes them; empty: nothing does
 * @param rowsRemembered rows known to have been sent, so that a read that shows them again does not
 *     send them again
 * @param nullWatermarks rows without a watermark at the last count
 * @param futureWatermarks rows above the source's time when they were last read: they were sent
 * @param watermarkGranuleSeconds seconds that each watermark stands for, read again besides the
 *     look-back; 0: watermarks are as fine as their type
 * @param deletesUnconfirmed rows that the last read missed, and that are deleted if the next one
 *     misses them too
 * @param rowsSkipped rows the destination took and left out, by a trigger or by row-level security,
 *     over all runs
 * @param rowsPutAside rows put among the dead letters, over all runs
 * @param extraRows rows that a reset found at the destination, did not load and did not delete
 * @param errors failures, over all runs
 * @param retries tries after a failure, over all runs
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
        // a report that an earlier version left has no such text
        lowWatermark = Objects.requireNonNullElse(lowWatermark, "");
    }

    /**
     * The last poll that ended.
     *
     * @param success whether it ended well
     * @param timestamp when it ended, ISO 8601
     * @param recordsProcessed rows acknowledged over all runs by then
     * @param durationSeconds how long it took
     * @param error why it failed; null: it did not
     */
    public record LastExecution(
            @JsonProperty("success") boolean success,
            @JsonProperty("timestamp") String timestamp,
            @JsonProperty("records_processed") long recordsProcessed,
            @JsonProperty("duration_seconds") double durationSeconds,
            @JsonProperty("error") String error) {}
}
