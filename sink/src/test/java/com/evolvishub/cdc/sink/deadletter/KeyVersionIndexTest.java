package com.evolvishub.cdc.sink.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyVersionIndexTest {

    private static final Optional<byte[]> ONE = Optional.of("1".getBytes(UTF_8));
    private static final Optional<byte[]> TWO = Optional.of("2".getBytes(UTF_8));

    private final KeyVersionIndex index = new KeyVersionIndex("file/orders");

    private static Map<String, String> attributes(String eventId, String watermark) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("mapping", "orders");
        attributes.put("op", "u");
        attributes.put("watermark", watermark);
        attributes.put("event_id", eventId);
        return attributes;
    }

    private DeadLetterMessage deadLetter(long sequence, Optional<byte[]> key) {
        Map<String, String> attributes = attributes("file/orders:" + sequence, "noon");
        attributes.put("error", "too large");
        attributes.put("time", "2026-01-02T03:04:05Z");
        DeadLetterMessage deadLetter =
                DeadLetterMessage.parse("file/orders", "0-" + sequence, key, key, attributes)
                        .orElseThrow();
        index.addDeadLetter(deadLetter);
        return deadLetter;
    }

    @Test
    void aHigherSequenceNumberOfTheSameKeyIsNewer() {
        DeadLetterMessage deadLetter = deadLetter(5, ONE);
        index.addDelivered(TWO, attributes("file/orders:9", "noon"));
        index.addDelivered(ONE, attributes("file/orders:4", "noon"));
        index.addDelivered(ONE, attributes("file/others:9", "noon"));
        index.addDelivered(ONE, attributes("file/orders:x", "noon"));
        assertThat(index.supersededReason(deadLetter)).isEmpty();

        index.addDelivered(ONE, attributes("file/orders:6", "noon"));

        assertThat(index.supersededReason(deadLetter))
                .isEqualTo("row 6 of the same key came after it");
    }

    @Test
    void aLaterDeadLetterOfTheSameKeyIsNewer() {
        DeadLetterMessage deadLetter = deadLetter(5, ONE);
        deadLetter(7, TWO);
        DeadLetterMessage later = deadLetter(6, ONE);

        assertThat(index.supersededReason(deadLetter))
                .isEqualTo("row 6 of the same key came after it");
        assertThat(index.supersededReason(later)).isEmpty();
    }

    @Test
    void rowsWithoutAKeyAreNeverSuperseded() {
        DeadLetterMessage deadLetter = deadLetter(5, Optional.empty());
        index.addDelivered(Optional.empty(), attributes("file/orders:9", "noon"));

        assertThat(index.supersededReason(deadLetter)).isEmpty();
    }

    @Test
    void distinguishesADeadLettersOwnRowFromAnotherOneWithItsSequenceNumber() {
        DeadLetterMessage deadLetter = deadLetter(5, ONE);
        index.addDelivered(TWO, attributes("file/orders:5", "noon"));
        index.addDelivered(ONE, attributes("file/orders:5", "evening"));
        assertThat(index.isDelivered(deadLetter)).isFalse();

        index.addDelivered(ONE, attributes("file/orders:0000000000000000005", "noon"));

        assertThat(index.isDelivered(deadLetter)).isTrue();
        assertThat(index.supersededReason(deadLetter)).isEmpty();
    }

    @Test
    void returnsTheAttributesOfTheOriginalMessage() {
        DeadLetterMessage deadLetter = deadLetter(5, ONE);

        assertThat(deadLetter.messageAttributes().toString())
                .isEqualTo("{op=u, mapping=orders, watermark=noon, event_id=file/orders:5}");
        assertThat(deadLetter.replayBlocker()).isEmpty();
        assertThat(deadLetter.toDeadLetter("old").superseded()).isEqualTo("old");
    }

    @Test
    void explainsWhyADeadLetterCannotBeReplayed() {
        Map<String, String> attributes = new LinkedHashMap<>(deadLetter(5, ONE).attributes());
        attributes.put("format", "copy");
        assertThat(of(attributes).replayBlocker())
                .contains("no message can be made of the row: too large");
        attributes.remove("format");
        attributes.put("left_out_bytes", "77");
        assertThat(of(attributes).replayBlocker().orElseThrow())
                .startsWith("its content of 77 bytes was too large to be kept");
    }

    private static DeadLetterMessage of(Map<String, String> attributes) {
        return DeadLetterMessage.parse("file/orders", "1", ONE, ONE, attributes).orElseThrow();
    }

    @Test
    void ignoresMessagesOfOtherPipelinesAndMessagesThatAreNoDeadLetters() {
        Map<String, String> attributes = new LinkedHashMap<>(deadLetter(5, ONE).attributes());

        assertThat(DeadLetterMessage.parse("file/order", "1", ONE, ONE, attributes)).isEmpty();
        attributes.remove("error");
        assertThat(DeadLetterMessage.parse("file/orders", "1", ONE, ONE, attributes)).isEmpty();
    }
}
