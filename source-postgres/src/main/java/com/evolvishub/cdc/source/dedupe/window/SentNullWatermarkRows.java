package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.dedupe.ContentHash;
import org.apache.flink.api.common.state.MapState;

/**
 * Sent rows with a NULL watermark: each is sent once. Identified by key, or where there is none by
 * content, counted.
 */
final class SentNullWatermarkRows {

    private final MapState<byte[], byte[]> rows;
    private final ContentHash hash = new ContentHash();
    private long size;

    SentNullWatermarkRows(MapState<byte[], byte[]> rows) {
        this.rows = rows;
    }

    boolean isNew(ChangeRow row, long poll) throws Exception {
        byte[] content = hash.of(row.line());
        boolean keyed = row.schema().isKeyed();
        byte[] id = keyed ? CopyText.select(row.line(), row.schema().key()) : content;
        byte[] found = rows.get(id);
        if (found != null && keyed) {
            return false;
        }
        SentRow before = found == null ? SentRow.of(content, 0) : SentRow.read(found);
        SentRow now = before.shownBy(poll);
        rows.put(id, now.toBytes());
        if (found == null) {
            size++;
        }
        return now.sent() > before.sent();
    }

    /** Number of rows; copies count once. */
    long size() {
        return size;
    }

    /** Restores the number of rows in keyed state from a checkpoint. */
    void restore(long rowCount) {
        size = rowCount;
    }
}
