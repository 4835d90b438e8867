package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * How far a mapping has come. A mapping has one split for as long as it lives.
 *
 * @param splitId the pipeline's identity
 * @param poll number of the last poll that was started
 * @param key what tells rows apart
 * @param after the highest watermark that complete polls have read
 * @param readAt the database's time when it was first read, as text; empty: nothing was
 * @param reading whether the last poll has not come to its end
 * @param range what it asks for; without meaning unless {@code reading}
 * @param lastSync up to which time the last complete poll could show what was committed, as text:
 *     the database's time at its look, on a standby what was replayed; empty: none
 * @param looks what is known of the source's transactions
 * @param reach how far back rows are remembered
 * @param asideAt the database's time when rows outside the order were last looked for, in
 *     microseconds since 1970; 0: never
 * @param time what is known of time at the source
 * @param origin what it is a position in
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

    /** A mapping that has read nothing yet. */
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

    /** A poll begins, or goes on with what the last one left. */
    public PostgresSplit started(
            RowKey rowKey, PollRange asked, TransactionTracker looked, LookbackWindow reached) {
        return new PostgresSplit(
                splitId,
                poll + 1,
                rowKey,
                highWatermark,
                readAt,
                true,
                asked,
                lastSync,
                looked,
                reached,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /** A row was emitted. */
    PostgresSplit resumedAt(WatermarkPosition position, boolean beyond) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highWatermark,
                readAt,
                pollInProgress,
                range.resumedAt(position, beyond),
                lastSync,
                transactions,
                lookbackWindow,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /**
     * The poll has read all it asked for.
     *
     * @param look its look
     * @param aside see {@link #nullWatermarkRowsAt}
     */
    public PostgresSplit completed(TransactionSnapshot look, long aside) {
        WatermarkPosition highest = highest().watermarkOnly();
        return new PostgresSplit(
                splitId,
                poll,
                key,
                highest,
                highest.equals(highWatermark) ? readAt : look.text(),
                false,
                PollRange.ALL,
                look.completeTo(),
                transactions.withoutEnded(),
                lookbackWindow,
                aside,
                time,
                provenance);
    }

    /** The same position, in what is planned now. */
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

    /** The same position, of a source of which this is known. */
    public PostgresSplit with(SourceTimeState known) {
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
                known,
                provenance);
    }

    /** The same position, which counts as read first at this time. */
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
     * The database's clock has gone back: a read that was broken off is begun anew, for what is
     * written now may lie in the part that was read.
     */
    public PostgresSplit afterClockStep(
            WatermarkPosition back,
            String databaseTime,
            String sync,
            TransactionTracker lowered,
            LookbackWindow reaching) {
        return new PostgresSplit(
                splitId,
                poll,
                key,
                back,
                databaseTime,
                false,
                PollRange.ALL,
                lastSync.isEmpty() ? lastSync : sync,
                lowered,
                reaching,
                nullWatermarkRowsAt,
                time,
                provenance);
    }

    /**
     * Rows are told apart by another key from now on: it is decided anew, and a read that was
     * broken off, which would resume behind a key of the old kind, begins anew.
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

    /** Nothing read yet, under the same number of polls: they never go back. */
    PostgresSplit discarded(SplitProvenance other) {
        PostgresSplit fresh = initial(splitId);
        return new PostgresSplit(
                splitId,
                poll,
                fresh.key,
                fresh.highWatermark,
                fresh.readAt,
                false,
                fresh.range,
                fresh.lastSync,
                fresh.transactions,
                fresh.lookbackWindow,
                fresh.nullWatermarkRowsAt,
                fresh.time,
                other);
    }

    /** The highest row that was read, by the poll under way too. */
    public WatermarkPosition highest() {
        return pollInProgress && range.aboveHighWatermark() ? range.resume() : highWatermark;
    }

    @Override
    public String splitId() {
        return splitId;
    }
}
