package com.evolvishub.cdc.capture.source;

import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * How far a mapping has come. A mapping has one split for as long as it lives.
 *
 * @param splitId the pipeline's identity
 * @param poll number of the last poll that was started
 * @param key what tells rows apart
 * @param after the highest watermark read
 * @param reading whether the last poll has not come to its end
 * @param range what it asks for; without meaning unless {@code reading}
 * @param lastSync the database's time at the last complete poll's snapshot, as text; empty: none
 */
record WatermarkSplit(
        String splitId,
        long poll,
        RowKey key,
        WatermarkPosition after,
        boolean reading,
        PollRange range,
        String lastSync)
        implements SourceSplit {

    private static final PollRange NOTHING =
            new PollRange(WatermarkPosition.START, WatermarkPosition.START);

    WatermarkSplit {
        Objects.requireNonNull(splitId, "splitId");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(lastSync, "lastSync");
    }

    /** A mapping that has read nothing yet. */
    static WatermarkSplit fresh(String identity) {
        return new WatermarkSplit(
                identity, 0, RowKey.UNDECIDED, WatermarkPosition.START, false, NOTHING, "");
    }

    /** A poll begins, or goes on with what the last one left. */
    WatermarkSplit started(RowKey rowKey, PollRange asked) {
        return new WatermarkSplit(splitId, poll + 1, rowKey, after, true, asked, lastSync);
    }

    /** A row was emitted. */
    WatermarkSplit resumedAt(WatermarkPosition position) {
        return new WatermarkSplit(
                splitId, poll, key, after, reading, range.resumedAt(position), lastSync);
    }

    /** The poll has read all it asked for. */
    WatermarkSplit completed(String databaseTime) {
        WatermarkPosition highest =
                range.resume().isStart() ? after : range.resume().watermarkOnly();
        return new WatermarkSplit(splitId, poll, key, highest, false, NOTHING, databaseTime);
    }

    @Override
    public String splitId() {
        return splitId;
    }
}
