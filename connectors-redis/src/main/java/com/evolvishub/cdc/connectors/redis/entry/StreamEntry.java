package com.evolvishub.cdc.connectors.redis.entry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One row as an entry of a stream.
 *
 * @param number the row's sequence number
 * @param fields alternating names and values; the arrays are shared
 */
public record StreamEntry(long number, List<byte[]> fields) {

    private static final int FRAME_BYTES = 16;

    public StreamEntry {
        fields = List.copyOf(fields);
    }

    /** Approximate size on the wire. */
    long bytes() {
        long bytes = 0;
        for (byte[] field : fields) {
            bytes += field.length + FRAME_BYTES;
        }
        return bytes;
    }

    /** Collects fields in order. */
    public static final class Fields {
        private final List<byte[]> all = new ArrayList<>();

        public Fields with(String name, String value) {
            return with(name, value.getBytes(StandardCharsets.UTF_8));
        }

        public Fields with(String name, byte[] value) {
            all.add(name.getBytes(StandardCharsets.UTF_8));
            all.add(value);
            return this;
        }

        public StreamEntry entry(long sequence) {
            return new StreamEntry(sequence, all);
        }
    }
}
