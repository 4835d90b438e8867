package com.evolvishub.cdc.formats.message;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A row as a message. The arrays are shared and must not be written to.
 *
 * @param key what keeps versions of one row in order within a partition; nothing where rows have no
 *     key
 * @param payload the row; nothing: the row is gone (a tombstone where the bus has such)
 * @param attributes headers, properties or fields, in a fixed order: {@code op}, {@code mapping},
 *     {@code watermark} where there is one, {@code event_id}
 */
public record EncodedMessage(
        Optional<byte[]> key, Optional<byte[]> payload, List<Attribute> attributes) {

    public EncodedMessage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
        attributes = List.copyOf(attributes);
    }

    /**
     * Bytes of key, payload and attributes, names included. What a client adds for itself is not in
     * it.
     */
    public int size() {
        int size = key.map(bytes -> bytes.length).orElse(0);
        size += payload.map(bytes -> bytes.length).orElse(0);
        for (Attribute attribute : attributes) {
            size += attribute.size();
        }
        return size;
    }

    /**
     * A name and its value.
     *
     * @param name lower case, ASCII
     * @param value any text
     */
    public record Attribute(String name, String value) {
        public Attribute {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }

        private int size() {
            return name.length() + value.getBytes(StandardCharsets.UTF_8).length;
        }
    }
}
