package com.evolvishub.cdc.source.dedupe.diff;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * The rows that were sent, in keyed state, and on the heap one bit for each that tells whether the
 * read under way has shown it. A row that has not changed costs one look-up and no write.
 *
 * <p>The bits are not in checkpoints: after a restore the source reads from the start, as a new
 * poll. Used by the task's thread.
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
    private long shown;
    private boolean resending;

    /** What a row turned out to be. */
    enum Observation {
        NEW,
        CHANGED,
        UNCHANGED,
        /** Its key was shown before in this read. */
        DUPLICATE_KEY
    }

    KnownRows(MapState<byte[], byte[]> rows, MapState<Integer, Integer> freeSlots, RowCount tally) {
        this.rows = rows;
        this.freeSlots = freeSlots;
        this.rowCount = tally;
    }

    /** Whether rows that have not changed count as changed, and known copies as new. */
    void resend(boolean all) {
        resending = all;
    }

    /** A read begins, from the start. */
    void begin(long number) {
        poll = number;
        seen.clear();
        shown = 0;
        knownBefore = rowCount.known();
    }

    /** A row with a key. */
    Observation observe(byte[] key, byte[] hash) throws Exception {
        byte[] found = rows.get(key);
        if (found == null) {
            KnownRow row = KnownRow.single(hash, takeSlot());
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
     * A row without a key.
     *
     * @return which copy of its content it is, counted from 0, if it was not sent before; else -1
     */
    int observeCopy(byte[] hash) throws Exception {
        byte[] found = rows.get(hash);
        if (found == null) {
            KnownRow row = KnownRow.single(hash, takeSlot());
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
        shown++;
        return sent > row.copies() || resending ? copy : -1;
    }

    private void show(KnownRow row) {
        seen.set(row.slot());
        shown++;
    }

    /** Rows known when the read began. */
    long knownBefore() {
        return knownBefore;
    }

    /** Rows that a complete read has not shown. */
    long missing() {
        return rowCount.known() - shown;
    }

    private int inPrevious(KnownRow row) {
        return row.seenInPrevious(previous, seenBefore.get(row.slot()));
    }

    /** Whether a complete read before this one, since the start, missed rows too. */
    boolean missedBefore() {
        return previous != NO_READ && missingBefore > 0;
    }

    /** The read is complete, and what it missed is dealt with. */
    void endRead() {
        BitSet reused = seenBefore;
        seenBefore = seen;
        seen = reused;
        previous = poll;
        missingBefore = missing();
    }

    /** The next read is the first one: what earlier ones missed says nothing. */
    void forgetReads() {
        previous = NO_READ;
        missingBefore = 0;
    }

    /** Forgets all rows. */
    void clear() throws Exception {
        rows.clear();
        freeSlots.clear();
        rowCount.clear();
        forgetReads();
    }

    /** Goes through all rows; forgets those that the read has not shown. */
    Sweep sweep() throws Exception {
        return new Sweep(rows.iterator(), false, true);
    }

    /** Goes through all rows; forgets those that neither this read nor the last one has shown. */
    Sweep sweepMissedTwice() throws Exception {
        return new Sweep(rows.iterator(), true, true);
    }

    /** Goes through all rows; tells of those that the read has not shown, and forgets none. */
    Sweep sweepWithoutForgetting() throws Exception {
        return new Sweep(rows.iterator(), false, false);
    }

    /** Is told of each copy that is gone. */
    interface Gone {
        /**
         * A copy is gone.
         *
         * @param key the row's key, or the hash of its content where it has none
         * @param copy which copy of that content
         */
        void gone(byte[] key, int copy);
    }

    /** A sweep under way; between two of its slices no row may be seen. */
    final class Sweep {
        private final Iterator<Map.Entry<byte[], byte[]>> entries;
        private final boolean missedTwice;
        private final boolean forgets;

        private Sweep(
                Iterator<Map.Entry<byte[], byte[]>> entries, boolean missedTwice, boolean forgets) {
            this.entries = entries;
            this.missedTwice = missedTwice;
            this.forgets = forgets;
        }

        /**
         * Looks at some more rows.
         *
         * @return whether there are more
         */
        boolean slice(int size, Gone told) throws Exception {
            for (int i = 0; i < size && missing() > 0 && entries.hasNext(); i++) {
                Map.Entry<byte[], byte[]> entry = entries.next();
                KnownRow row = KnownRow.of(entry.getValue());
                int stay = seen.get(row.slot()) ? Math.min(row.copies(), row.seenIn(poll)) : 0;
                if (missedTwice) {
                    stay = Math.max(stay, Math.min(row.copies(), inPrevious(row)));
                }
                for (int copy = row.copies() - 1; copy >= stay; copy--) {
                    told.gone(entry.getKey(), copy);
                }
                if (!forgets) {
                    continue;
                }
                rowCount.add(stay - row.copies());
                if (stay == 0) {
                    entries.remove();
                    freeSlot(row.slot());
                } else if (stay < row.copies()) {
                    entry.setValue(row.counted(stay, poll, stay, inPrevious(row)).toBytes());
                }
            }
            return missing() > 0 && entries.hasNext();
        }
    }

    private int takeSlot() throws Exception {
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
