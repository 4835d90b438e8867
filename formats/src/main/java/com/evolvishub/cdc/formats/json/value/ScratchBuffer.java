package com.evolvishub.cdc.formats.json.value;

/** Room for text that is being unescaped. What a large value needed is not kept. */
final class ScratchBuffer {

    private static final int KEPT = 1 << 20;

    private byte[] bytes = new byte[256];

    /** At least this many bytes, with anything in them. */
    byte[] atLeast(int length) {
        if (length > KEPT) {
            return new byte[length];
        }
        if (bytes.length < length) {
            bytes = new byte[Math.max(2 * bytes.length, length)];
        }
        return bytes;
    }
}
