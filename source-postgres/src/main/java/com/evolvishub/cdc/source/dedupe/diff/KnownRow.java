package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.nio.ByteBuffer;

/**
 * What state keeps of a row, or of several rows with one and the same content where they have no
 * key. Immutable.
 */
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
     * The same content, of which {@code sent} copies are out and {@code seen} came in a poll.
     *
     * @param seenBefore how many the last complete read before that poll has shown
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

    /** Its bit among the rows seen in a read. */
    int slot() {
        return slot;
    }

    /** How many were sent; 1 where rows have a key. */
    int copies() {
        return copies;
    }

    /** Copies seen in a poll in which its bit was set. */
    int seenIn(long poll) {
        return countedIn == poll ? counted : 1;
    }

    /**
     * Copies that the last complete read has shown.
     *
     * @param previous its number; a poll that was broken off may have counted since
     * @param wasSeen whether its bit was set in that read
     */
    int seenInPrevious(long previous, boolean wasSeen) {
        if (countedIn > previous) {
            return before;
        }
        return countedIn == previous && counted > 0 ? counted : wasSeen ? 1 : 0;
    }

    byte[] toBytes() {
        boolean plain = copies == 1 && countedIn == 0;
        ByteBuffer bytes = ByteBuffer.allocate(plain ? SHORT : LONG).put(hash).putInt(slot);
        return plain
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
