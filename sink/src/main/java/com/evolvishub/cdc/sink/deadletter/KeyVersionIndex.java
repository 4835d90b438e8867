package com.evolvishub.cdc.sink.deadletter;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Index of the keys of a pipeline's dead letters: the newest delivered or rejected row of each key,
 * and which dead letters' own rows were delivered. A message broker has no index of keys, so its
 * clients pass the messages that they read to this index.
 *
 * <p>Event ids identify rows of the pipeline; a higher sequence number means a newer row. Messages
 * of other pipelines with the same key are ignored.
 */
public final class KeyVersionIndex {

    private final String identity;
    private final Map<ByteBuffer, Long> newest = new HashMap<>();
    private final Map<Long, Version> deadLetters = new HashMap<>();
    private final Set<Long> deliveredSequences = new HashSet<>();

    /**
     * Distinguishes rows with the same sequence number, which a pipeline that was started from the
     * beginning assigns again.
     */
    private record Version(Optional<ByteBuffer> key, String operation, String watermark) {
        static Version of(Optional<byte[]> key, Map<String, String> attributes) {
            return new Version(
                    key.map(ByteBuffer::wrap),
                    attributes.getOrDefault("op", ""),
                    attributes.getOrDefault("watermark", ""));
        }
    }

    /**
     * @param identity identity of the pipeline
     */
    public KeyVersionIndex(String identity) {
        this.identity = identity;
    }

    /** Adds a dead letter; it supersedes older ones with the same key. */
    public void addDeadLetter(DeadLetterMessage deadLetter) {
        deadLetters.put(
                deadLetter.sequence(), Version.of(deadLetter.key(), deadLetter.attributes()));
        deadLetter
                .key()
                .ifPresent(
                        key ->
                                newest.merge(
                                        ByteBuffer.wrap(key), deadLetter.sequence(), Math::max));
    }

    /** Adds a message that was found at the destination. */
    public void addDelivered(Optional<byte[]> key, Map<String, String> attributes) {
        OptionalLong found = DeadLetterMessage.sequence(identity, attributes.get("event_id"));
        if (found.isEmpty()) {
            return;
        }
        long sequence = found.getAsLong();
        Version deadLetter = deadLetters.get(sequence);
        if (deadLetter != null && deadLetter.equals(Version.of(key, attributes))) {
            deliveredSequences.add(sequence);
        }
        key.map(ByteBuffer::wrap)
                .ifPresent(
                        bytes ->
                                newest.computeIfPresent(
                                        bytes, (same, before) -> Math.max(before, sequence)));
    }

    /** Why a replay would replace a newer version with an older one; empty: it would not. */
    public String supersededReason(DeadLetterMessage deadLetter) {
        long last =
                deadLetter
                        .key()
                        .map(key -> newest.getOrDefault(ByteBuffer.wrap(key), 0L))
                        .orElse(0L);
        return last > deadLetter.sequence()
                ? "row %d of the same key came after it".formatted(last)
                : "";
    }

    /** Whether the dead letter's own row was found at the destination. */
    public boolean isDelivered(DeadLetterMessage deadLetter) {
        return deliveredSequences.contains(deadLetter.sequence());
    }
}
