package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
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
record WatermarkSplit(
        String splitId,
        long poll,
        RowKey key,
        WatermarkPosition after,
        String readAt,
        boolean reading,
        PollRange range,
        String lastSync,
        Looks looks,
        Reach reach,
        long asideAt,
        SourceTime time,
        Origin origin)
        implements SourceSplit {

    WatermarkSplit {
        Objects.requireNonNull(splitId, "splitId");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(readAt, "readAt");
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(lastSync, "lastSync");
        Objects.requireNonNull(looks, "looks");
        Objects.requireNonNull(reach, "reach");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(origin, "origin");
    }

    /** A mapping that has read nothing yet. */
    static WatermarkSplit fresh(String identity) {
        return new WatermarkSplit(
                identity,
                0,
                RowKey.UNDECIDED,
                WatermarkPosition.START,
                "",
                false,
                PollRange.ALL,
                "",
                Looks.NONE,
                Reach.NONE,
                0,
                SourceTime.UNKNOWN,
                Origin.UNKNOWN);
    }

    /** A poll begins, or goes on with what the last one left. */
    WatermarkSplit started(RowKey rowKey, PollRange asked, Looks looked, Reach reached) {
        return new WatermarkSplit(
                splitId, poll + 1, rowKey, after, readAt, true, asked, lastSync, looked, reached,
                asideAt, time, origin);
    }

    /** A row was emitted. */
    WatermarkSplit resumedAt(WatermarkPosition position, boolean beyond) {
        return new WatermarkSplit(
                splitId,
                poll,
                key,
                after,
                readAt,
                reading,
                range.resumedAt(position, beyond),
                lastSync,
                looks,
                reach,
                asideAt,
                time,
                origin);
    }

    /**
     * The poll has read all it asked for.
     *
     * @param look its look
     * @param aside see {@link #asideAt}
     */
    WatermarkSplit completed(Look look, long aside) {
        WatermarkPosition highest = highest().watermarkOnly();
        return new WatermarkSplit(
                splitId,
                poll,
                key,
                highest,
                highest.equals(after) ? readAt : look.text(),
                false,
                PollRange.ALL,
                look.completeTo(),
                looks.served(),
                reach,
                aside,
                time,
                origin);
    }

    /** The same position, in what is planned now. */
    WatermarkSplit in(Origin other) {
        return new WatermarkSplit(
                splitId, poll, key, after, readAt, reading, range, lastSync, looks, reach, asideAt,
                time, other);
    }

    /** The same position, of a source of which this is known. */
    WatermarkSplit with(SourceTime known) {
        return new WatermarkSplit(
                splitId, poll, key, after, readAt, reading, range, lastSync, looks, reach, asideAt,
                known, origin);
    }

    /** The same position, which counts as read first at this time. */
    WatermarkSplit readAt(String databaseTime) {
        return new WatermarkSplit(
                splitId,
                poll,
                key,
                after,
                databaseTime,
                reading,
                range,
                lastSync,
                looks,
                reach,
                asideAt,
                time,
                origin);
    }

    /**
     * The database's clock has gone back: a read that was broken off is begun anew, for what is
     * written now may lie in the part that was read.
     */
    WatermarkSplit stepped(
            WatermarkPosition back,
            String databaseTime,
            String sync,
            Looks lowered,
            Reach reaching) {
        return new WatermarkSplit(
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
                asideAt,
                time,
                origin);
    }

    /**
     * Rows are told apart by another key from now on: it is decided anew, and a read that was
     * broken off, which would resume behind a key of the old kind, begins anew.
     */
    WatermarkSplit withoutKey() {
        return new WatermarkSplit(
                splitId,
                poll,
                RowKey.UNDECIDED,
                after,
                readAt,
                false,
                PollRange.ALL,
                lastSync,
                looks,
                reach,
                asideAt,
                time,
                origin);
    }

    /** Nothing read yet, under the same number of polls: they never go back. */
    WatermarkSplit forgotten(Origin other) {
        WatermarkSplit fresh = fresh(splitId);
        return new WatermarkSplit(
                splitId,
                poll,
                fresh.key,
                fresh.after,
                fresh.readAt,
                false,
                fresh.range,
                fresh.lastSync,
                fresh.looks,
                fresh.reach,
                fresh.asideAt,
                fresh.time,
                other);
    }

    /** The highest row that was read, by the poll under way too. */
    WatermarkPosition highest() {
        return reading && range.beyond() ? range.resume() : after;
    }

    @Override
    public String splitId() {
        return splitId;
    }
}
