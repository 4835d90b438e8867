package com.evolvishub.cdc.sink.deadletter;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is known of the keys that a lane's letters have: the newest row of each, delivered or
 * refused as well, and which letters' own rows were met. A bus has no table of keys to ask; its
 * clients show this what they read.
 *
 * <p>Rows of the lane are told by their event ids, newer ones by higher numbers; what other lanes
 * wrote under the same key is not looked at.
 */
public final class KeyVersionIndex {

    private final String identity;
    private final Map<ByteBuffer, Long> newest = new HashMap<>();
    private final Map<Long, Version> letters = new HashMap<>();
    private final Set<Long> deliveredNumbers = new HashSet<>();

    /** What tells a row from another one of its number, in a lane that counts anew. */
    private record Version(Optional<ByteBuffer> key, String operation, String watermark) {
        static Version of(Optional<byte[]> key, Map<String, String> attributes) {
            return new Version(
                    key.map(ByteBuffer::wrap),
                    attributes.getOrDefault("op", ""),
                    attributes.getOrDefault("watermark", ""));
        }
    }

    /** Of the lane of that identity. */
    public KeyVersionIndex(String identity) {
        this.identity = identity;
    }

    /** There is this letter, which is a later version to older ones of its key. */
    public void addDeadLetter(DeadLetterMessage letter) {
        letters.put(letter.sequence(), Version.of(letter.key(), letter.attributes()));
        letter.key()
                .ifPresent(key -> newest.merge(ByteBuffer.wrap(key), letter.sequence(), Math::max));
    }

    /** A message with this key and these attributes was found where rows are delivered. */
    public void addDelivered(Optional<byte[]> key, Map<String, String> attributes) {
        OptionalLong found = DeadLetterMessage.sequence(identity, attributes.get("event_id"));
        if (found.isEmpty()) {
            return;
        }
        long number = found.getAsLong();
        Version letter = letters.get(number);
        if (letter != null && letter.equals(Version.of(key, attributes))) {
            deliveredNumbers.add(number);
        }
        key.map(ByteBuffer::wrap)
                .ifPresent(
                        bytes ->
                                newest.computeIfPresent(
                                        bytes, (same, before) -> Math.max(before, number)));
    }

    /** Why writing the letter would put an old version in the place of a newer one; else empty. */
    public String supersededReason(DeadLetterMessage letter) {
        long last =
                letter.key().map(key -> newest.getOrDefault(ByteBuffer.wrap(key), 0L)).orElse(0L);
        return last > letter.sequence()
                ? "row %d of the same key came after it".formatted(last)
                : "";
    }

    /** Whether the letter's own row was found where rows are delivered. */
    public boolean isDelivered(DeadLetterMessage letter) {
        return deliveredNumbers.contains(letter.sequence());
    }
}
