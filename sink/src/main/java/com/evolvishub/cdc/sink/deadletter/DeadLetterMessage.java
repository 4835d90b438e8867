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
 * A dead letter as an event bus keeps it: what the row's message would have been, and why it was
 * refused. The arrays are shared and must not be written to.
 *
 * @param id where it stands; one word
 * @param number the row's
 * @param key of the message; nothing where rows have no key
 * @param payload of the message; nothing: the row is gone
 * @param attributes of the message and of the letter, in order
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

    /** What a letter adds to the message's own attributes. */
    private static final List<String> DEAD_LETTER_ATTRIBUTES =
            List.of(ERROR, TIME, FORMAT, OMITTED_BYTES);

    public DeadLetterMessage {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(payload, "payload");
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** A letter of the lane of that identity; empty: it is another lane's, or no letter at all. */
    public static Optional<DeadLetterMessage> parse(
            String identity,
            String id,
            Optional<byte[]> key,
            Optional<byte[]> payload,
            Map<String, String> attributes) {
        OptionalLong number = sequence(identity, attributes.get("event_id"));
        if (number.isEmpty() || !attributes.containsKey(ERROR) || !attributes.containsKey(TIME)) {
            return Optional.empty();
        }
        return Optional.of(new DeadLetterMessage(id, number.getAsLong(), key, payload, attributes));
    }

    /** The row's number in an event id of that lane; empty: it is none. */
    static OptionalLong sequence(String identity, String eventId) {
        String start = identity + ":";
        if (eventId == null || !eventId.startsWith(start)) {
            return OptionalLong.empty();
        }
        String digits = eventId.substring(start.length());
        return digits.matches("\\d{1,19}")
                ? OptionalLong.of(Long.parseLong(digits))
                : OptionalLong.empty();
    }

    /** The same without its payload, which may be large. */
    public DeadLetterMessage withoutPayload() {
        return new DeadLetterMessage(id, sequence, key, Optional.empty(), attributes);
    }

    public Instant time() {
        return Instant.parse(attributes.get(TIME));
    }

    /** The attributes of the message that the row would have been, in its order. */
    public Map<String, String> messageAttributes() {
        Map<String, String> own = new LinkedHashMap<>();
        for (String name : MESSAGE_ATTRIBUTES) {
            if (attributes.containsKey(name)) {
                own.put(name, attributes.get(name));
            }
        }
        attributes.forEach(own::putIfAbsent);
        own.keySet().removeAll(DEAD_LETTER_ATTRIBUTES);
        return own;
    }

    /** Why no message can be made of it; empty: one can. */
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

    /** For those who mend it. */
    public DeadLetter toDeadLetter(String superseded) {
        boolean gone = attributes.getOrDefault("op", "").equals("d");
        byte[] shown = payload.filter(bytes -> bytes.length > 0).or(() -> key).orElse(new byte[0]);
        return new DeadLetter(
                id,
                attributes.getOrDefault("mapping", ""),
                sequence,
                attributes.getOrDefault("op", "u").charAt(0),
                time(),
                attributes.get(ERROR),
                new String(gone ? key.orElse(shown) : shown, StandardCharsets.UTF_8),
                superseded);
    }
}
