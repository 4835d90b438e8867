package com.evolvishub.cdc.source.dedupe.window;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keys that a poll was requested to look up, as COPY text. */
final class LookedUpKeys {

    static final LookedUpKeys NONE = new LookedUpKeys(List.of());

    private final Set<ByteBuffer> keys = new HashSet<>();

    LookedUpKeys(List<byte[]> keys) {
        keys.forEach(key -> this.keys.add(ByteBuffer.wrap(key)));
    }

    boolean contains(byte[] key) {
        return keys.contains(ByteBuffer.wrap(key));
    }
}
