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
 * The rows that were sent and lie above the database's clock. Every complete read of that range
 * shows all of them again, until the clock has reached them or they have changed. Found by key, or
 * by content where there is none; a row is remembered here or among {@link SentRows}, never in
 * both.
 *
 * <p>Used by the task's thread.
 */
final class FutureRows {

    /** How many keys are looked up at once. */
    static final int LOOKUPS = 1000;

    private final MapState<byte[], byte[]> rows;
    private final ContentHash hash = new ContentHash();
    private final List<byte[]> missing = new ArrayList<>();
    private final List<byte[]> gone = new ArrayList<>();
    private long size;
    private long shown;
    private Iterator<Map.Entry<byte[], byte[]>> search;

    FutureRows(MapState<byte[], byte[]> rows) {
        this.rows = rows;
    }

    /** Rows remembered; copies are one. */
    long size() {
        return size;
    }

    /** What a checkpoint said is in keyed state. */
    void restore(long rowsThere) {
        size = rowsThere;
    }

    /** A poll begins: it has shown none yet. */
    void begin() {
        shown = 0;
        search = null;
    }

    /**
     * A row that lies in the future.
     *
     * @param before what is known of its key, or content, as of one that did not
     * @return whether it has to be sent
     */
    boolean isNew(ChangeRow row, long place, long poll, Optional<SentRow> before) throws Exception {
        byte[] content = hash.of(row.line());
        byte[] id = id(row, content);
        byte[] kept = rows.get(id);
        SentRow known = kept == null ? before.orElse(null) : SentRow.read(kept);
        boolean keyed = row.schema().isKeyed();
        boolean same = known != null && known.hasContent(content);
        SentRow from = same ? known : SentRow.of(content, place);
        SentRow now = from.shownBy(poll);
        if (kept == null) {
            size++;
        }
        if (kept == null || !known.wasShownBy(poll)) {
            shown++;
        }
        rows.put(id, now.toBytes());
        return keyed ? !same : now.sent() > from.sent();
    }

    /** What is remembered of a row that is shown as one of the past; it is let go. */
    Optional<SentRow> remove(ChangeRow row, long poll) throws Exception {
        if (size == 0) {
            return Optional.empty();
        }
        byte[] id = id(row, row.schema().isKeyed() ? CopyText.EMPTY : hash.of(row.line()));
        byte[] kept = rows.get(id);
        if (kept == null) {
            return Optional.empty();
        }
        SentRow found = SentRow.read(kept);
        rows.remove(id);
        size--;
        if (found.wasShownBy(poll)) {
            shown--;
        }
        return Optional.of(found);
    }

    static byte[] id(ChangeRow row, byte[] content) {
        return row.schema().isKeyed() ? CopyText.select(row.line(), row.schema().key()) : content;
    }

    /** All rows of the future were shown: from here on {@link #find} has something to look for. */
    boolean isAnyMissing() {
        return shown < size;
    }

    /**
     * Looks for rows that a complete read of the future has not shown.
     *
     * @param poll that read
     * @param asked keys that were looked up by it: where nothing was found, they are gone
     * @return whether there is more to look through
     */
    boolean find(int slice, long poll, boolean keyed, LookedUpKeys asked) throws Exception {
        if (search == null) {
            missing.clear();
            gone.clear();
            search = rows.iterator();
        }
        for (int i = 0; i < slice && search.hasNext(); i++) {
            Map.Entry<byte[], byte[]> entry = search.next();
            if (SentRow.read(entry.getValue()).wasShownBy(poll)) {
                continue;
            }
            if (!keyed || asked.contains(entry.getKey())) {
                gone.add(entry.getKey());
            } else if (missing.size() < LOOKUPS) {
                missing.add(entry.getKey());
            }
        }
        if (search.hasNext()) {
            return true;
        }
        search = null;
        for (byte[] id : gone) {
            rows.remove(id);
            size--;
        }
        return false;
    }

    /** Keys, as COPY text, that {@link #find} missed: the row may lie in the past by now. */
    List<byte[]> missing() {
        return List.copyOf(missing);
    }

    /** All that was missing was found. */
    void noneMissing() {
        missing.clear();
    }
}
