package com.evolvishub.cdc.formats.json.value;

/** A reusable buffer for unescaped text. Memory for large values is not kept. */
final class ScratchBuffer {

    private static final int MAX_KEPT_BYTES = 1 << 20;

    private byte[] bytes = new byte[256];

    /** Returns at least this many bytes, with arbitrary content. */
    byte[] atLeast(int length) {
        if (length > MAX_KEPT_BYTES) {
            return new byte[length];
        }
        if (bytes.length < length) {
            bytes = new byte[Math.max(2 * bytes.length, length)];
        }
        return bytes;
    }
}
