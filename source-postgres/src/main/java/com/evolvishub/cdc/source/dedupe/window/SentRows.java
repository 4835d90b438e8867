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
 * The rows that were sent and may be read again. The newest are kept as they are: most leave the
 * window before anybody asks for them, and cost no hash then. The rest is kept by key and hash, the
 * first few thousand on the heap and others in keyed state, so that a million rows of one watermark
 * cost no memory.
 *
 * <p>Used by the task's thread.
 */
final class SentRows {

    static final int ON_HEAP = 4096;

    /** How much of lines waits to be hashed. */
    private static final int NEWEST_BYTES = 16 << 20;

    private final MapState<byte[], byte[]> spilled;
    private final int onHeap;
    private final ContentHash hash = new ContentHash();
    private final Map<ByteBuffer, SentRow> heap = new HashMap<>();
    private final ArrayDeque<Newest> newest = new ArrayDeque<>();
    private long newestBytes;
    private long spilledRows;
    private long spilledSinceSweep;
    private long keptBySweep;
    private long highestSpilled = Long.MIN_VALUE;
    private Iterator<Map.Entry<byte[], byte[]>> sweep;

    /**
     * A row that was sent and is not hashed yet.
     *
     * @param place where its watermark stands
     * @param poll that showed it
     */
    private record Newest(ChangeRow row, long place, long poll) {}

    /** What a row that may have been sent before turned out to be. */
    enum Observation {
        NEW,
        KNOWN,
        /** Another row of its key comes behind it, or its like came before; it is left out. */
        DUPLICATE,
        /** Its key was shown before in this read: of such rows the last one counts. */
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

    /** Rows remembered. */
    long size() {
        return newest.size() + heap.size() + spilledRows;
    }

    /** Remembers a row that was never read before; such rows come in the order of their places. */
    void add(ChangeRow row, long place, long poll, long forgetBelow) throws Exception {
        while (!newest.isEmpty() && newest.peekFirst().place() < forgetBelow) {
            newestBytes -= newest.pollFirst().row().weight();
        }
        newest.addLast(new Newest(row, place, poll));
        newestBytes += row.weight();
        while (newestBytes > NEWEST_BYTES && newest.size() > 1) {
            hashNewest(newest.pollFirst());
        }
    }

    /** To be called before {@link #observe}: from here on all rows are found. */
    void hashNewest() throws Exception {
        while (!newest.isEmpty()) {
            hashNewest(newest.pollFirst());
        }
    }

    private void hashNewest(Newest one) throws Exception {
        newestBytes -= one.row().weight();
        byte[] content = hash.of(one.row().line());
        byte[] id = id(one.row(), content);
        if (one.row().schema().isKeyed()) {
            // a key's newest version takes the place of any other: what is not at hand need not
            // be looked up
            SentRow before = heap.get(ByteBuffer.wrap(id));
            SentRow row = SentRow.of(content, one.place()).shownBy(one.poll());
            boolean severally = before != null && before.wasShownBy(one.poll());
            put(id, severally ? row.withDuplicateKey() : row, before != null);
            return;
        }
        SentRow before = find(id);
        SentRow row = before == null ? SentRow.of(content, one.place()) : before;
        put(id, row.shownBy(one.poll()), before != null);
    }

    private static byte[] id(ChangeRow row, byte[] content) {
        return row.schema().isKeyed() ? CopyText.select(row.line(), row.schema().key()) : content;
    }

    /** A row that may have been sent before; if it was not, it is remembered. */
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

    /** What is remembered of a row's key, or content; it is let go. */
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

    /** Remembers what was remembered elsewhere. */
    void restoreKnown(ChangeRow row, SentRow known) throws Exception {
        byte[] id = id(row, hash.of(row.line()));
        put(id, known, find(id) != null);
    }

    private SentRow find(byte[] id) throws Exception {
        SentRow found = heap.get(ByteBuffer.wrap(id));
        if (found == null && spilledRows > 0) {
            byte[] kept = spilled.get(id);
            return kept == null ? null : SentRow.read(kept);
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
     * Forgets what no poll can read again, as far as that is quick; the rest is {@link #sweep}'s.
     *
     * @return whether a sweep would be worth it
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
     * Looks through some of the keyed state. Rows may come between two calls.
     *
     * @return whether there is more to look through
     */
    boolean sweep(int size, long below) throws Exception {
        if (sweep == null) {
            spilledSinceSweep = 0;
            keptBySweep = 0;
            highestSpilled = Long.MIN_VALUE;
            sweep = spilled.iterator();
        }
        List<byte[]> old = new ArrayList<>();
        try {
            lookThrough(size, below, old);
        } catch (ConcurrentModificationException heapBackend) {
            // RocksDB's iterators live on while rows come; those of a heap do not: begin anew
            sweep = spilled.iterator();
            keptBySweep = 0;
            old.clear();
            lookThrough(size, below, old);
        }
        for (byte[] id : old) {
            // asked again: the iterator may have looked ahead of what came since
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
        // a key that came back while its old version lay there was counted twice
        spilledRows = Math.min(spilledRows, keptBySweep + spilledSinceSweep);
        return false;
    }

    private void lookThrough(int size, long below, List<byte[]> old) {
        for (int i = 0; i < size && sweep.hasNext(); i++) {
            Map.Entry<byte[], byte[]> entry = sweep.next();
            long place = SentRow.read(entry.getValue()).place();
            if (place < below) {
                old.add(entry.getKey());
            } else {
                keptBySweep++;
                highestSpilled = Math.max(highestSpilled, place);
            }
        }
    }

    /** What is on the heap, for a checkpoint: rows as they are, and rows by key and hash. */
    void snapshot(BiConsumer<ByteBuffer, SentRow> hashed, NewestRow asTheyAre) {
        heap.forEach(hashed);
        newest.forEach(one -> asTheyAre.take(one.row(), one.place(), one.poll()));
    }

    /** Takes a row that is not hashed yet. */
    interface NewestRow {
        /**
         * See {@link SentRows#snapshot}.
         *
         * @param place where its watermark stands
         * @param poll that showed it
         */
        void take(ChangeRow row, long place, long poll);
    }

    long spilledRows() {
        return spilledRows;
    }

    /** What a checkpoint said is in keyed state. */
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
