package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * How far a mapping has read. A mapping has one split for its whole life.
 *
 * @param splitId the pipeline's identity
 * @param poll number of the last poll that was started
 * @param key the columns that identify a row
 * @param highWatermark the highest watermark that complete polls have read
 * @param readAt the database's time when it was first read, as text; empty: nothing was read
 * @param pollInProgress whether the last poll has not finished
 * @param range the range of that poll; only valid if {@code pollInProgress}
 * @param lastSync time up to which the last complete poll could show commits, as text: the
 *     database's time of its transaction snapshot, on a standby the replayed time; empty: none
 * @param transactions what is known of the source's transactions
 * @param lookbackWindow how long rows are kept in the dedupe state
 * @param nullWatermarkRowsAt the database's time when NULL-watermark rows were last queried, in
 *     microseconds since 1970; 0: never
 * @param time what is known of clock and time zone of the source
 * @param provenance which pipeline the position belongs to
 */
public record PostgresSplit(
        String splitId,
        long poll,
        RowKey key,
        WatermarkPosition highWatermark,
        String readAt,
        boolean pollInProgress,
        PollRange range,
        String lastSync,
        TransactionTracker transactions,
        LookbackWindow lookbackWindow,
        long nullWatermarkRowsAt,
        SourceTimeState time,
        SplitProvenance provenance)
        implements SourceSplit {

    public PostgresSplit {
        Objects.requireNonNull(splitId, "splitId");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(highWatermark, "after");
        Objects.requireNonNull(readAt, "readAt");
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(lastSync, "lastSync");
        Objects.requireNonNull(transactions, "looks");
        Objects.requireNonNull(lookbackWindow, "reach");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(provenance, "origin");
    }

    /** The split of a mapping that has read nothing yet. */
    public static PostgresSplit initial(String identity) {
        return new PostgresSplit(
                identity,
                0,
                RowKey.UNDECIDED,
                WatermarkPosition.START,
                "",
                false,
                PollRange.ALL,
                "",
                TransactionTracker.NONE,
                LookbackWindow.NONE,
                0,
                SourceTimeState.UNKNOWN,
                SplitProvenance.UNKNOWN);
    }

    /** Starts a poll, or resumes the unfinished one. */
    public PostgresSplit started(
            RowKey rowKey,
            PollRange newRange,
            TransactionTracker tracker,
            LookbackWindow newLookbackWindow) {
        return new PostgresSplit(
                splitId,
                poll + 1,
                rowKey,
                highWatermark,
                readAt,
                true,
                newRange,
                lastSync,
                tracker,
                newLookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /** Moves the position of the running poll to an emitted row. */
    PostgresSplit resumedAt(WatermarkPosition position, boolean isNew) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highWatermark,
                readAt,
                pollInProgress,
                range.resumedAt(position, isNew),
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /**
     * Completes the poll.
     *
     * @param snapshot its transaction snapshot
     * @param nullRowsAt see {@link #nullWatermarkRowsAt}
     */
    public PostgresSplit completed(TransactionSnapshot snapshot, long nullRowsAt) {
        WatermarkPosition highest = highest().watermarkOnly();
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highest,
                highest.equals(highWatermark) ? readAt : snapshot.text(),
                false,
                PollRange.ALL,
                snapshot.completeTo(),
                transactions.withoutEnded(),
                lookbackWindow,
                nullRowsAt,
                time,
                provenance);
    }

    /** The same position with another provenance. */
    public PostgresSplit withProvenance(SplitProvenance other) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highWatermark,
                readAt,
                pollInProgress,
                range,
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                time,
                other);
    }

    /** The same position with other clock data of the source. */
    public PostgresSplit with(SourceTimeState newTime) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highWatermark,
                readAt,
                pollInProgress,
                range,
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                newTime,
                provenance);
    }

    /** The same position, as if it was first read at this time. */
    public PostgresSplit readAt(String databaseTime) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highWatermark,
                databaseTime,
                pollInProgress,
                range,
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /**
     * The split after the database's clock has gone back. An unfinished read starts again, because
     * rows written now may lie in the part that was already read.
     */
    public PostgresSplit afterClockStep(
            WatermarkPosition newHighWatermark,
            String databaseTime,
            String newLastSync,
            TransactionTracker lowered,
            LookbackWindow newLookbackWindow) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                newHighWatermark,
                databaseTime,
                false,
                PollRange.ALL,
                lastSync.isEmpty() ? lastSync : newLastSync,
                lowered,
                newLookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /**
     * The split after the key was changed. The key is chosen again, and an unfinished read starts
     * again, because it would resume after a key of the old columns.
     */
    PostgresSplit withoutKey() {
        return new PostgresSplit(
                splitId,
                poll,
                RowKey.UNDECIDED,
                highWatermark,
                readAt,
                false,
                PollRange.ALL,
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /** An empty position that keeps the poll number, which never decreases. */
    PostgresSplit discarded(SplitProvenance other) {
        PostgresSplit initialSplit = initial(splitId);
        return new PostgresSplit(
                splitId,
                poll,
                initialSplit.key,
                initialSplit.highWatermark,
                initialSplit.readAt,
                false,
                initialSplit.range,
                initialSplit.lastSync,
                initialSplit.transactions,
                initialSplit.lookbackWindow,
                initialSplit.nullWatermarkRowsAt,
                initialSplit.time,
                other);
    }

    /** The highest row that was read, including the running poll. */
    public WatermarkPosition highest() {
        return pollInProgress && range.aboveHighWatermark() ? range.resume() : highWatermark;
    }

    @Override
    public String splitId() {
        return splitId;
    }
}
