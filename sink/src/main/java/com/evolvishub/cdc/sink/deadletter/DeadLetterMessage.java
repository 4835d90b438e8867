package com.evolvishub.cdc.sink.deadletter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A dead letter in a message broker: the message of the row, and why it was rejected. The arrays
 * are shared and must not be modified.
 *
 * @param id its position in the broker, without spaces
 * @param sequence the row's sequence number
 * @param key key of the message; empty: the rows have no key
 * @param payload payload of the message; empty: the row was deleted
 * @param attributes attributes of the message and of the dead letter, in order
 */
public record DeadLetterMessage(
        String id,
        long sequence,
        Optional<byte[]> key,
        Optional<byte[]> payload,
        Map<String, String> attributes) {

    private static final String ERROR = "error";
    private static final String TIME = "time";
    private static final String FORMAT = "format";
    private static final String OMITTED_BYTES = "left_out_bytes";

    private static final List<String> MESSAGE_ATTRIBUTES =
            List.of("op", "mapping", "watermark", "event_id");

    /** Attributes that a dead letter adds to those of the message. */
    private static final List<String> DEAD_LETTER_ATTRIBUTES =
            List.of(ERROR, TIME, FORMAT, OMITTED_BYTES);

    public DeadLetterMessage {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /**
     * Parses a dead letter of this pipeline; empty: it belongs to another pipeline, or is no dead
     * letter.
     */
    public static Optional<DeadLetterMessage> parse(
            String identity,
            String id,
            Optional<byte[]> key,
            Optional<byte[]> payload,
            Map<String, String> attributes) {
        OptionalLong parsedSequence = sequence(identity, attributes.get("event_id"));
        if (parsedSequence.isEmpty()
                || !attributes.containsKey(ERROR)
                || !attributes.containsKey(TIME)) {
            return Optional.empty();
        }
        return Optional.of(
                new DeadLetterMessage(id, parsedSequence.getAsLong(), key, payload, attributes));
    }

    /** The sequence number in an event id of this pipeline; empty: it is not such an event id. */
    static OptionalLong sequence(String identity, String eventId) {
        String prefix = identity + ":";
        if (eventId == null || !eventId.startsWith(prefix)) {
            return OptionalLong.empty();
        }
        String digits = eventId.substring(prefix.length());
        return digits.matches("\\d{1,19}")
                ? OptionalLong.of(Long.parseLong(digits))
                : OptionalLong.empty();
    }

    /** A copy without the payload, which may be large. */
    public DeadLetterMessage withoutPayload() {
        return new DeadLetterMessage(id, sequence, key, Optional.empty(), attributes);
    }

    public Instant time() {
        return Instant.parse(attributes.get(TIME));
    }

    /** The attributes of the row's original message, in their order. */
    public Map<String, String> messageAttributes() {
        Map<String, String> result = new LinkedHashMap<>();
        for (String name : MESSAGE_ATTRIBUTES) {
            if (attributes.containsKey(name)) {
                result.put(name, attributes.get(name));
            }
        }
        attributes.forEach(result::putIfAbsent);
        result.keySet().removeAll(DEAD_LETTER_ATTRIBUTES);
        return result;
    }

    /** Why it cannot be replayed as a message; empty: it can. */
    public Optional<String> replayBlocker() {
        List<String> reasons = new ArrayList<>();
        if (attributes.containsKey(FORMAT)) {
            reasons.add("no message can be made of the row: " + attributes.get(ERROR));
        }
        if (attributes.containsKey(OMITTED_BYTES)) {
            reasons.add(
                    "its content of %s bytes was too large to be kept; what the source has of it comes with the row's next change"
                            .formatted(attributes.get(OMITTED_BYTES)));
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    /** The dead letter as the user sees it. */
    public DeadLetter toDeadLetter(String superseded) {
        boolean delete = attributes.getOrDefault("op", "").equals("d");
        byte[] content =
                payload.filter(bytes -> bytes.length > 0).or(() -> key).orElse(new byte[0]);
        return new DeadLetter(
                id,
                attributes.getOrDefault("mapping", ""),
                sequence,
                attributes.getOrDefault("op", "u").charAt(0),
                time(),
                attributes.get(ERROR),
                new String(delete ? key.orElse(content) : content, StandardCharsets.UTF_8),
                superseded);
    }
}
