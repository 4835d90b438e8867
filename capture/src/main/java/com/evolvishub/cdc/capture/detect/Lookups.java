package com.evolvishub.cdc.capture.detect;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keys that a poll was asked to look up, as COPY text. */
final class Lookups {

    static final Lookups NONE = new Lookups(List.of());

    private final Set<ByteBuffer> keys = new HashSet<>();

    Lookups(List<byte[]> keys) {
        keys.forEach(key -> this.keys.add(ByteBuffer.wrap(key)));
    }

    boolean contains(byte[] key) {
        return keys.contains(ByteBuffer.wrap(key));
    }
}
