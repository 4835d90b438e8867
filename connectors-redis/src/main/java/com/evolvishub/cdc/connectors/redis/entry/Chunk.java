package com.evolvishub.cdc.connectors.redis.entry;

import java.util.ArrayList;
import java.util.List;

/**
 * Entries that one call of the script writes. Small, because the script blocks the server.
 *
 * @param previous the last sequence number that the pipeline must have before
 * @param entries not empty
 */
public record Chunk(long previous, List<StreamEntry> entries) {

    private static final int MAX_ENTRIES = 1000;
    private static final long MAX_BYTES = 512 << 10;

    public Chunk {
        entries = List.copyOf(entries);
    }

    /** The last sequence number of the pipeline after this chunk. */
    public long last() {
        return entries.get(entries.size() - 1).number();
    }

    /**
     * Splits a batch into chunks; a small batch is one chunk.
     *
     * @param previous the pipeline's last sequence number before the first chunk
     */
    public static List<Chunk> of(long previous, List<StreamEntry> entries) {
        List<Chunk> chunks = new ArrayList<>();
        long before = previous;
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += entries.get(i).bytes();
            boolean last = i + 1 == entries.size();
            if (last || i + 1 - from == MAX_ENTRIES || bytes >= MAX_BYTES) {
                Chunk chunk = new Chunk(before, entries.subList(from, i + 1));
                chunks.add(chunk);
                before = chunk.last();
                from = i + 1;
                bytes = 0;
            }
        }
        return chunks;
    }
}
