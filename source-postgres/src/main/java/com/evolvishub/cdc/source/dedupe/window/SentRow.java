package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The state of a sent row. Found by its key, or by the hash of its content without a key.
 * Immutable.
 */
final class SentRow {

    static final int BYTES = ContentHash.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;

    /** The value of {@code sent} if the key was seen on several rows. */
    private static final int KEY_NOT_UNIQUE = Integer.MAX_VALUE;

    private final byte[] hash;
    private final long place;
    private final int sent;
    private final long poll;
    private final int shown;

    private SentRow(byte[] hash, long place, int sent, long poll, int shown) {
        this.hash = hash;
        this.place = place;
        this.sent = sent;
        this.poll = poll;
        this.shown = shown;
    }

    /** A content of which no row was sent yet. */
    static SentRow of(byte[] hash, long place) {
        return new SentRow(hash, place, 0, 0, 0);
    }

    boolean hasContent(byte[] other) {
        return Arrays.equals(hash, other);
    }

    /** The value of its watermark on the scale. */
    long place() {
        return place;
    }

    /** How many rows of this content were sent; 1 where rows have a key. */
    int sent() {
        return sent;
    }

    /**
     * Whether other rows have this key, so that a different row is not a new version of this one if
     * this one was still read recently.
     */
    boolean hidesDuplicates(long now) {
        return sent == KEY_NOT_UNIQUE && poll + 1 >= now;
    }

    /** The last of several rows with the same key. */
    SentRow withDuplicateKey() {
        return new SentRow(hash, place, KEY_NOT_UNIQUE, poll, shown);
    }

    boolean wasShownBy(long now) {
        return poll == now;
    }

    /** The row after a poll has contained it once more: as many are sent as one poll contains. */
    SentRow shownBy(long now) {
        int before = poll == now ? shown : 0;
        return new SentRow(hash, place, Math.max(sent, before + 1), now, before + 1);
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(hash)
                .putLong(place)
                .putInt(sent)
                .putLong(poll)
                .putInt(shown)
                .array();
    }

    static SentRow read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] hash = new byte[ContentHash.BYTES];
        in.get(hash);
        return new SentRow(hash, in.getLong(), in.getInt(), in.getLong(), in.getInt());
    }
}
