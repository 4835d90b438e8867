package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.state.MapState;

/**
 * The rows that were sent and may be read again. The newest rows are stored unhashed: most leave
 * the dedupe window before they are compared, and then cost no hash. Other rows are stored by key
 * and hash, the first few thousand on the heap and the rest in keyed state, so that a million rows
 * of one watermark cost no memory.
 *
 * <p>Used by the task's thread.
 */
final class SentRows {

    static final int ON_HEAP = 4096;

    /** Maximum size of rows that are not hashed yet. */
    private static final int NEWEST_BYTES = 16 << 20;

    private final MapState<byte[], byte[]> spilled;
    private final int onHeap;
    private final ContentHash hash = new ContentHash();
    private final Map<ByteBuffer, SentRow> heap = new HashMap<>();
    private final ArrayDeque<Newest> newest = new ArrayDeque<>();
    private long newestBytes;
    private long spilledRows;
    private long spilledSinceSweep;
    private long keptInSweep;
    private long highestSpilled = Long.MIN_VALUE;
    private Iterator<Map.Entry<byte[], byte[]>> sweep;

    /**
     * A sent row that is not hashed yet.
     *
     * @param place its watermark on the scale
     * @param poll the poll that contained it
     */
    private record Newest(ChangeRow row, long place, long poll) {}

    /** The result of observing a row that may have been sent before. */
    enum Observation {
        NEW,
        KNOWN,
        /** Another row of its key follows, or an equal one came before; it is left out. */
        DUPLICATE,
        /** Its key was already seen in this read: of such rows the last one counts. */
        LAST_OF_SEVERAL
    }

    SentRows(MapState<byte[], byte[]> spilled) {
        this(spilled, ON_HEAP);
    }

    /**
     * @param onHeap how many rows are kept on the heap
     */
    SentRows(MapState<byte[], byte[]> spilled, int onHeap) {
        this.spilled = spilled;
        this.onHeap = onHeap;
    }

    /** Number of rows stored. */
    long size() {
        return newest.size() + heap.size() + spilledRows;
    }

    /** Adds a row that was never read before; such rows come in watermark order. */
    void add(ChangeRow row, long place, long poll, long evictBelow) throws Exception {
        while (!newest.isEmpty() && newest.peekFirst().place() < evictBelow) {
            newestBytes -= newest.pollFirst().row().weight();
        }
        newest.addLast(new Newest(row, place, poll));
        newestBytes += row.weight();
        while (newestBytes > NEWEST_BYTES && newest.size() > 1) {
            hashNewest(newest.pollFirst());
        }
    }

    /** Must be called before {@link #observe}: from here on all rows are found. */
    void hashNewest() throws Exception {
        while (!newest.isEmpty()) {
            hashNewest(newest.pollFirst());
        }
    }

    private void hashNewest(Newest entry) throws Exception {
        newestBytes -= entry.row().weight();
        byte[] content = hash.of(entry.row().line());
        byte[] id = id(entry.row(), content);
        if (entry.row().schema().isKeyed()) {
            // the newest version of a key replaces any other, so keyed state need not be read
            SentRow before = heap.get(ByteBuffer.wrap(id));
            SentRow row = SentRow.of(content, entry.place()).shownBy(entry.poll());
            boolean duplicateKey = before != null && before.wasShownBy(entry.poll());
            put(id, duplicateKey ? row.withDuplicateKey() : row, before != null);
            return;
        }
        SentRow before = find(id);
        SentRow row = before == null ? SentRow.of(content, entry.place()) : before;
        put(id, row.shownBy(entry.poll()), before != null);
    }

    private static byte[] id(ChangeRow row, byte[] content) {
        return row.schema().isKeyed() ? CopyText.select(row.line(), row.schema().key()) : content;
    }

    /** Observes a row that may have been sent before, and adds it if it was not. */
    Observation observe(ChangeRow row, long place, long poll) throws Exception {
        byte[] content = hash.of(row.line());
        byte[] id = id(row, content);
        SentRow found = find(id);
        if (!row.schema().isKeyed()) {
            SentRow now = (found == null ? SentRow.of(content, place) : found).shownBy(poll);
            put(id, now, found != null);
            return found != null && now.sent() == found.sent()
                    ? Observation.KNOWN
                    : Observation.NEW;
        }
        boolean known = found != null && found.hasContent(content);
        if (found != null && found.wasShownBy(poll)) {
            if (!known) {
                put(id, SentRow.of(content, place).shownBy(poll).withDuplicateKey(), true);
            }
            return known ? Observation.DUPLICATE : Observation.LAST_OF_SEVERAL;
        }
        if (found != null && !known && found.hidesDuplicates(poll)) {
            return Observation.DUPLICATE;
        }
        SentRow now = (known ? found : SentRow.of(content, place)).shownBy(poll);
        put(id, now, found != null);
        return known ? Observation.KNOWN : Observation.NEW;
    }

    /** Removes and returns what is known of a row's key, or content. */
    Optional<SentRow> remove(ChangeRow row) throws Exception {
        hashNewest();
        byte[] id = id(row, hash.of(row.line()));
        SentRow found = find(id);
        if (found == null) {
            return Optional.empty();
        }
        if (heap.remove(ByteBuffer.wrap(id)) == null) {
            spilled.remove(id);
            spilledRows--;
        }
        return Optional.of(found);
    }

    /** Adds a row that was stored elsewhere. */
    void restoreKnown(ChangeRow row, SentRow known) throws Exception {
        byte[] id = id(row, hash.of(row.line()));
        put(id, known, find(id) != null);
    }

    private SentRow find(byte[] id) throws Exception {
        SentRow found = heap.get(ByteBuffer.wrap(id));
        if (found == null && spilledRows > 0) {
            byte[] stored = spilled.get(id);
            return stored == null ? null : SentRow.read(stored);
        }
        return found;
    }

    private void put(byte[] id, SentRow row, boolean isKnown) throws Exception {
        ByteBuffer key = ByteBuffer.wrap(id);
        boolean isOnHeap = heap.containsKey(key);
        boolean isSpilled = isKnown && !isOnHeap;
        if (isOnHeap || (!isSpilled && heap.size() < onHeap)) {
            heap.put(key, row);
            return;
        }
        spilled.put(id, row.toBytes());
        highestSpilled = Math.max(highestSpilled, row.place());
        if (!isSpilled) {
            spilledRows++;
            spilledSinceSweep++;
        }
    }

    /**
     * Evicts rows that no poll can read again, as far as this is cheap; {@link #sweep} evicts the
     * rest.
     *
     * @return whether a sweep is worthwhile
     */
    boolean forget(long below) {
        while (!newest.isEmpty() && newest.peekFirst().place() < below) {
            newestBytes -= newest.pollFirst().row().weight();
        }
        heap.values().removeIf(row -> row.place() < below);
        if (spilledRows == 0) {
            return false;
        }
        boolean allGone = highestSpilled < below;
        return sweep != null || allGone || spilledSinceSweep > Math.max(onHeap, spilledRows / 2);
    }

    /**
     * Scans part of the keyed state. Rows may arrive between two calls.
     *
     * @return whether there is more to scan
     */
    boolean sweep(int size, long below) throws Exception {
        if (sweep == null) {
            spilledSinceSweep = 0;
            keptInSweep = 0;
            highestSpilled = Long.MIN_VALUE;
            sweep = spilled.iterator();
        }
        List<byte[]> evictable = new ArrayList<>();
        try {
            scan(size, below, evictable);
        } catch (ConcurrentModificationException heapBackend) {
            // iterators of RocksDB stay valid while rows are added, those of a heap backend do not
            sweep = spilled.iterator();
            keptInSweep = 0;
            evictable.clear();
            scan(size, below, evictable);
        }
        for (byte[] id : evictable) {
            // read again: the iterator may be ahead of rows added since
            byte[] now = spilled.get(id);
            if (now != null && SentRow.read(now).place() < below) {
                spilled.remove(id);
                spilledRows--;
            }
        }
        if (sweep.hasNext()) {
            return true;
        }
        sweep = null;
        // a key that came back before its old version was evicted was counted twice
        spilledRows = Math.min(spilledRows, keptInSweep + spilledSinceSweep);
        return false;
    }

    private void scan(int size, long below, List<byte[]> evictable) {
        for (int i = 0; i < size && sweep.hasNext(); i++) {
            Map.Entry<byte[], byte[]> entry = sweep.next();
            long place = SentRow.read(entry.getValue()).place();
            if (place < below) {
                evictable.add(entry.getKey());
            } else {
                keptInSweep++;
                highestSpilled = Math.max(highestSpilled, place);
            }
        }
    }

    /** Writes the heap to a checkpoint: unhashed rows, and rows by key and hash. */
    void snapshot(BiConsumer<ByteBuffer, SentRow> hashed, NewestRow unhashed) {
        heap.forEach(hashed);
        newest.forEach(entry -> unhashed.take(entry.row(), entry.place(), entry.poll()));
    }

    /** Receives a row that is not hashed yet. */
    interface NewestRow {
        /**
         * See {@link SentRows#snapshot}.
         *
         * @param place its watermark on the scale
         * @param poll the poll that contained it
         */
        void take(ChangeRow row, long place, long poll);
    }

    long spilledRows() {
        return spilledRows;
    }

    /** Restores the number of rows in keyed state from a checkpoint. */
    void restoreSpilled(long rows) {
        spilledRows = rows;
        highestSpilled = rows > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        spilledSinceSweep = rows;
    }

    void restore(byte[] id, SentRow row) {
        heap.put(ByteBuffer.wrap(id), row);
    }

    void restore(ChangeRow row, long place, long poll) {
        newest.addLast(new Newest(row, place, poll));
        newestBytes += row.weight();
    }
}
