package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.nio.ByteBuffer;

/** The state of a row, or of several rows with equal content where rows have no key. Immutable. */
final class KnownRow {

    private static final int SHORT = ContentHash.BYTES + Integer.BYTES;
    private static final int LONG = SHORT + Integer.BYTES + Long.BYTES + 2 * Integer.BYTES;

    private final byte[] hash;
    private final int slot;
    private final int copies;
    private final long countedIn;
    private final int counted;
    private final int before;

    private KnownRow(byte[] hash, int slot, int copies, long countedIn, int counted, int before) {
        this.hash = hash;
        this.slot = slot;
        this.copies = copies;
        this.countedIn = countedIn;
        this.counted = counted;
        this.before = before;
    }

    static KnownRow single(byte[] hash, int slot) {
        return new KnownRow(hash, slot, 1, 0, 0, 0);
    }

    /**
     * The same content, of which {@code sent} copies were sent and {@code seen} were in a poll.
     *
     * @param seenBefore how many the last complete read before that poll contained
     */
    KnownRow counted(int sent, long poll, int seen, int seenBefore) {
        return new KnownRow(hash, slot, sent, poll, seen, seenBefore);
    }

    /** The same row with other content. */
    KnownRow withHash(byte[] changed) {
        return new KnownRow(changed, slot, copies, countedIn, counted, before);
    }

    byte[] hash() {
        return hash;
    }

    /** Its bit in the set of rows seen in a read. */
    int slot() {
        return slot;
    }

    /** How many were sent; 1 where rows have a key. */
    int copies() {
        return copies;
    }

    /** Copies seen in a poll in which the bit was set. */
    int seenIn(long poll) {
        return countedIn == poll ? counted : 1;
    }

    /**
     * Copies that the last complete read contained.
     *
     * @param previous number of that read; a later, aborted poll may have counted since
     * @param wasSeen whether the bit was set in that read
     */
    int seenInPrevious(long previous, boolean wasSeen) {
        if (countedIn > previous) {
            return before;
        }
        return countedIn == previous && counted > 0 ? counted : wasSeen ? 1 : 0;
    }

    byte[] toBytes() {
        boolean isSingle = copies == 1 && countedIn == 0;
        ByteBuffer bytes = ByteBuffer.allocate(isSingle ? SHORT : LONG).put(hash).putInt(slot);
        return isSingle
                ? bytes.array()
                : bytes.putInt(copies).putLong(countedIn).putInt(counted).putInt(before).array();
    }

    static KnownRow of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] hash = new byte[ContentHash.BYTES];
        in.get(hash);
        int slot = in.getInt();
        return in.hasRemaining()
                ? new KnownRow(hash, slot, in.getInt(), in.getLong(), in.getInt(), in.getInt())
                : single(hash, slot);
    }
}
