package com.evolvishub.cdc.source.dedupe.diff;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * The rows that were sent, in keyed state, and one bit per row on the heap: whether the running
 * read has contained it. An unchanged row costs one lookup and no write.
 *
 * <p>The bits are not checkpointed: after a restore the source reads from the start, as a new poll.
 * Used by the task's thread.
 */
final class KnownRows {

    private static final long NO_READ = -1;

    private final MapState<byte[], byte[]> rows;
    private final MapState<Integer, Integer> freeSlots;
    private final RowCount rowCount;
    private BitSet seen = new BitSet();
    private BitSet seenBefore = new BitSet();
    private long previous = NO_READ;
    private long missingBefore;
    private long poll;
    private long knownBefore;
    private long seenRows;
    private boolean resending;

    /** The result of observing a row. */
    enum Observation {
        NEW,
        CHANGED,
        UNCHANGED,
        /** Its key was already seen in this read. */
        DUPLICATE_KEY
    }

    KnownRows(
            MapState<byte[], byte[]> rows,
            MapState<Integer, Integer> freeSlots,
            RowCount rowCount) {
        this.rows = rows;
        this.freeSlots = freeSlots;
        this.rowCount = rowCount;
    }

    /** Whether unchanged rows count as changed, and known copies as new. */
    void resend(boolean all) {
        resending = all;
    }

    /** Starts a read from its beginning. */
    void begin(long pollNumber) {
        poll = pollNumber;
        seen.clear();
        seenRows = 0;
        knownBefore = rowCount.known();
    }

    /** Observes a row with a key. */
    Observation observe(byte[] key, byte[] hash) throws Exception {
        byte[] found = rows.get(key);
        if (found == null) {
            KnownRow row = KnownRow.single(hash, acquireSlot());
            rows.put(key, row.toBytes());
            rowCount.add(1);
            show(row);
            return Observation.NEW;
        }
        KnownRow row = KnownRow.of(found);
        if (seen.get(row.slot())) {
            return Observation.DUPLICATE_KEY;
        }
        show(row);
        if (Arrays.equals(row.hash(), hash)) {
            return resending ? Observation.CHANGED : Observation.UNCHANGED;
        }
        rows.put(key, row.withHash(hash).toBytes());
        return Observation.CHANGED;
    }

    /**
     * Observes a row without a key.
     *
     * @return which copy of its content it is, counted from 0, if it was not sent before; else -1
     */
    int observeCopy(byte[] hash) throws Exception {
        byte[] found = rows.get(hash);
        if (found == null) {
            KnownRow row = KnownRow.single(hash, acquireSlot());
            rows.put(hash, row.toBytes());
            rowCount.add(1);
            show(row);
            return 0;
        }
        KnownRow row = KnownRow.of(found);
        if (!seen.get(row.slot())) {
            show(row);
            return resending ? 0 : -1;
        }
        int copy = row.seenIn(poll);
        int sent = Math.max(row.copies(), copy + 1);
        rows.put(hash, row.counted(sent, poll, copy + 1, inPrevious(row)).toBytes());
        rowCount.add(sent - row.copies());
        seenRows++;
        return sent > row.copies() || resending ? copy : -1;
    }

    private void show(KnownRow row) {
        seen.set(row.slot());
        seenRows++;
    }

    /** Number of rows known when the read started. */
    long knownBefore() {
        return knownBefore;
    }

    /** Number of rows that a complete read did not contain. */
    long missing() {
        return rowCount.known() - seenRows;
    }

    private int inPrevious(KnownRow row) {
        return row.seenInPrevious(previous, seenBefore.get(row.slot()));
    }

    /** Whether a complete read before this one, since the start, missed rows too. */
    boolean missedBefore() {
        return previous != NO_READ && missingBefore > 0;
    }

    /** The read is complete, and its missing rows were handled. */
    void endRead() {
        BitSet reused = seenBefore;
        seenBefore = seen;
        seen = reused;
        previous = poll;
        missingBefore = missing();
    }

    /** Discards what is known of earlier reads: the next read counts as the first one. */
    void forgetReads() {
        previous = NO_READ;
        missingBefore = 0;
    }

    /** Discards all rows. */
    void clear() throws Exception {
        rows.clear();
        freeSlots.clear();
        rowCount.clear();
        forgetReads();
    }

    /** Scans all rows and evicts those that the read did not contain. */
    Sweep sweep() throws Exception {
        return new Sweep(rows.iterator(), false, true);
    }

    /** Scans all rows and evicts those that neither this read nor the last one contained. */
    Sweep sweepMissedTwice() throws Exception {
        return new Sweep(rows.iterator(), true, true);
    }

    /** Scans all rows and reports those that the read did not contain; evicts none. */
    Sweep sweepWithoutForgetting() throws Exception {
        return new Sweep(rows.iterator(), false, false);
    }

    /** Receives each deleted copy. */
    interface Gone {
        /**
         * A copy is deleted.
         *
         * @param key the row's key, or the hash of its content without one
         * @param copy number of the copy of that content
         */
        void gone(byte[] key, int copy);
    }

    /** A running sweep; no row may be observed between two of its slices. */
    final class Sweep {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private final boolean missedTwice;
        private final boolean evicts;

        private Sweep(
                Iterator<Map.Entry<byte[], byte[]>> entries, boolean missedTwice, boolean evicts) {
            this.entries = entries;
            this.missedTwice = missedTwice;
            this.evicts = evicts;
        }

        /**
         * Scans some more rows.
         *
         * @return whether there are more
         */
        boolean slice(int size, Gone receiver) throws Exception {
            for (int i = 0; i < size && missing() > 0 && entries.hasNext(); i++) {
                Map.Entry<byte[], byte[]> entry = entries.next();
                KnownRow row = KnownRow.of(entry.getValue());
                int remaining = seen.get(row.slot()) ? Math.min(row.copies(), row.seenIn(poll)) : 0;
                if (missedTwice) {
                    remaining = Math.max(remaining, Math.min(row.copies(), inPrevious(row)));
                }
                for (int copy = row.copies() - 1; copy >= remaining; copy--) {
                    receiver.gone(entry.getKey(), copy);
                }
                if (!evicts) {
                    continue;
                }
                rowCount.add(remaining - row.copies());
                if (remaining == 0) {
                    entries.remove();
                    freeSlot(row.slot());
                } else if (remaining < row.copies()) {
                    entry.setValue(
                            row.counted(remaining, poll, remaining, inPrevious(row)).toBytes());
                }
            }
            return missing() > 0 && entries.hasNext();
        }
    }

    private int acquireSlot() throws Exception {
        int free = rowCount.freeSlots();
        if (free == 0) {
            return rowCount.takeNewSlot();
        }
        int slot = freeSlots.get(free - 1);
        freeSlots.remove(free - 1);
        rowCount.freeSlots(free - 1);
        return slot;
    }

    private void freeSlot(int slot) throws Exception {
        freeSlots.put(rowCount.freeSlots(), slot);
        rowCount.freeSlots(rowCount.freeSlots() + 1);
    }
}
