package com.evolvishub.cdc.formats.message;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A row encoded as a message. The arrays are shared and must not be changed.
 *
 * @param key keeps versions of one row in order within a partition; empty if rows have no key
 * @param payload the row; empty for a delete (a tombstone if the broker has such)
 * @param attributes headers, properties or fields, in a fixed order: {@code op}, {@code mapping},
 *     {@code watermark} if there is one, {@code event_id}
 */
public record EncodedMessage(
        Optional<byte[]> key, Optional<byte[]> payload, List<Attribute> attributes) {

    public EncodedMessage {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
        attributes = List.copyOf(attributes);
    }

    /**
     * Returns the bytes of key, payload and attributes with their names, without what a client adds
     * itself.
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
