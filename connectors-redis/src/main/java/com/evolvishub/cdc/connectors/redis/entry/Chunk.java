package com.evolvishub.cdc.connectors.redis.entry;

import java.util.ArrayList;
import java.util.List;

/**
 * Entries that one run of the script writes. Small, because the server does nothing else meanwhile.
 *
 * @param after the number that the lane must hold before
 * @param entries not empty
 */
public record Chunk(long previous, List<StreamEntry> entries) {

    private static final int MOST_ENTRIES = 1000;
    private static final long MOST_BYTES = 512 << 10;

    public Chunk {
        entries = List.copyOf(entries);
    }

    /** The number that the lane holds afterwards. */
    public long last() {
        return entries.get(entries.size() - 1).number();
    }

    /**
     * A batch in pieces. One that is small stays whole.
     *
     * @param after the number that the lane holds before the first
     */
    public static List<Chunk> of(long after, List<StreamEntry> entries) {
        List<Chunk> pieces = new ArrayList<>();
        long before = after;
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += entries.get(i).bytes();
            boolean last = i + 1 == entries.size();
            if (last || i + 1 - from == MOST_ENTRIES || bytes >= MOST_BYTES) {
                Chunk piece = new Chunk(before, entries.subList(from, i + 1));
                pieces.add(piece);
                before = piece.last();
                from = i + 1;
                bytes = 0;
            }
        }
        return pieces;
    }
}
