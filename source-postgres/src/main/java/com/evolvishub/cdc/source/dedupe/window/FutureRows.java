package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;

/**
 * The sent rows whose watermark is above the database's clock. Every complete read of that range
 * contains all of them again, until the clock has reached them or they have changed. Identified by
 * key, or by content where there is no key; a row is stored here or in {@link SentRows}, never in
 * both.
 *
 * <p>Used by the task's thread.
 */
final class FutureRows {

    /** Maximum number of keys in one lookup. */
    static final int LOOKUPS = 1000;

    private final MapState<byte[], byte[]> rows;
    private final ContentHash hash = new ContentHash();
    private final List<byte[]> missing = new ArrayList<>();
    private final List<byte[]> deleted = new ArrayList<>();
    private long size;
    private long seenRows;
    private Iterator<Map.Entry<byte[], byte[]>> search;

    FutureRows(MapState<byte[], byte[]> rows) {
        this.rows = rows;
    }

    /** Number of rows; copies count once. */
    long size() {
        return size;
    }

    /** Restores the number of rows in keyed state from a checkpoint. */
    void restore(long rowCount) {
        size = rowCount;
    }

    /** Starts a poll, which has not contained any row yet. */
    void begin() {
        seenRows = 0;
        search = null;
    }

    /**
     * Observes a future row.
     *
     * @param before what is known of its key, or content, from when it was not a future row
     * @return whether it must be sent
     */
    boolean isNew(ChangeRow row, long scaled, long poll, Optional<SentRow> before)
            throws Exception {
        byte[] content = hash.of(row.line());
        byte[] id = id(row, content);
        byte[] stored = rows.get(id);
        SentRow known = stored == null ? before.orElse(null) : SentRow.read(stored);
        boolean keyed = row.schema().isKeyed();
        boolean same = known != null && known.hasContent(content);
        SentRow previous = same ? known : SentRow.of(content, scaled);
        SentRow current = previous.shownBy(poll);
        if (stored == null) {
            size++;
        }
        if (stored == null || !known.wasShownBy(poll)) {
            seenRows++;
        }
        rows.put(id, current.toBytes());
        return keyed ? !same : current.sent() > previous.sent();
    }

    /** Removes and returns what is known of a row that is no longer a future row. */
    Optional<SentRow> remove(ChangeRow row, long poll) throws Exception {
        if (size == 0) {
            return Optional.empty();
        }
        byte[] id = id(row, row.schema().isKeyed() ? CopyText.EMPTY : hash.of(row.line()));
        byte[] stored = rows.get(id);
        if (stored == null) {
            return Optional.empty();
        }
        SentRow found = SentRow.read(stored);
        rows.remove(id);
        size--;
        if (found.wasShownBy(poll)) {
            seenRows--;
        }
        return Optional.of(found);
    }

    static byte[] id(ChangeRow row, byte[] content) {
        return row.schema().isKeyed() ? CopyText.select(row.line(), row.schema().key()) : content;
    }

    /** Whether the read of all future rows missed any, which {@link #find} then searches. */
    boolean isAnyMissing() {
        return seenRows < size;
    }

    /**
     * Searches rows that a complete read of the future rows did not contain.
     *
     * @param poll number of that read
     * @param lookedUp keys that it looked up: those not found are deleted
     * @return whether there is more to scan
     */
    boolean find(int slice, long poll, boolean keyed, LookedUpKeys lookedUp) throws Exception {
        if (search == null) {
            missing.clear();
            deleted.clear();
            search = rows.iterator();
        }
        for (int i = 0; i < slice && search.hasNext(); i++) {
            Map.Entry<byte[], byte[]> entry = search.next();
            if (SentRow.read(entry.getValue()).wasShownBy(poll)) {
                continue;
            }
            if (!keyed || lookedUp.contains(entry.getKey())) {
                deleted.add(entry.getKey());
            } else if (missing.size() < LOOKUPS) {
                missing.add(entry.getKey());
            }
        }
        if (search.hasNext()) {
            return true;
        }
        search = null;
        for (byte[] id : deleted) {
            rows.remove(id);
            size--;
        }
        return false;
    }

    /** Keys, as COPY text, that {@link #find} has missed: the row may be in the past by now. */
    List<byte[]> missing() {
        return List.copyOf(missing);
    }

    /** No row is missing any more. */
    void noneMissing() {
        missing.clear();
    }
}
