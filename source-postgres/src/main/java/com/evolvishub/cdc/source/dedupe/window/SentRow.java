package com.evolvishub.cdc.source.dedupe.window;

import com.evolvishub.cdc.source.dedupe.ContentHash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is remembered of a row that was sent. Found by its key, or by the hash of its content where
 * it has none. Immutable.
 */
final class SentRow {

    static final int BYTES = ContentHash.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;

    /** Stands for the number of copies where the key was seen to be that of several rows. */
    private static final int KEY_IS_NONE = Integer.MAX_VALUE;

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

    /** A content of which nothing was sent yet. */
    static SentRow of(byte[] hash, long place) {
        return new SentRow(hash, place, 0, 0, 0);
    }

    boolean hasContent(byte[] other) {
        return Arrays.equals(hash, other);
    }

    /** Where its watermark stands. */
    long place() {
        return place;
    }

    /** How many of this content are out; 1 where rows have a key. */
    int sent() {
        return sent;
    }

    /**
     * Whether other rows have this one's key, so that a different one is not this one's new version
     * if this one was still there a moment ago.
     */
    boolean hidesDuplicates(long now) {
        return sent == KEY_IS_NONE && poll + 1 >= now;
    }

    /** The last in order of several rows that have the same key. */
    SentRow withDuplicateKey() {
        return new SentRow(hash, place, KEY_IS_NONE, poll, shown);
    }

    boolean wasShownBy(long now) {
        return poll == now;
    }

    /** Shown, once or once more, by a poll: as many as one poll shows are sent. */
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
