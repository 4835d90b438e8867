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

    private final KeyVersionIndex versions = new KeyVersionIndex("file/orders");

    private static Map<String, String> attributes(String eventId, String watermark) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("mapping", "orders");
        attributes.put("op", "u");
        attributes.put("watermark", watermark);
        attributes.put("event_id", eventId);
        return attributes;
    }

    private DeadLetterMessage letter(long number, Optional<byte[]> key) {
        Map<String, String> attributes = attributes("file/orders:" + number, "noon");
        attributes.put("error", "too large");
        attributes.put("time", "2026-01-02T03:04:05Z");
        DeadLetterMessage letter =
                DeadLetterMessage.parse("file/orders", "0-" + number, key, key, attributes)
                        .orElseThrow();
        versions.addDeadLetter(letter);
        return letter;
    }

    @Test
    void aHigherNumberOfTheSameKeyIsNewer() {
        DeadLetterMessage letter = letter(5, ONE);
        versions.addDelivered(TWO, attributes("file/orders:9", "noon"));
        versions.addDelivered(ONE, attributes("file/orders:4", "noon"));
        versions.addDelivered(ONE, attributes("file/others:9", "noon"));
        versions.addDelivered(ONE, attributes("file/orders:x", "noon"));
        assertThat(versions.supersededReason(letter)).isEmpty();

        versions.addDelivered(ONE, attributes("file/orders:6", "noon"));

        assertThat(versions.supersededReason(letter))
                .isEqualTo("row 6 of the same key came after it");
    }

    @Test
    void aLaterLetterOfTheSameKeyIsNewerToo() {
        DeadLetterMessage letter = letter(5, ONE);
        letter(7, TWO);
        DeadLetterMessage later = letter(6, ONE);

        assertThat(versions.supersededReason(letter))
                .isEqualTo("row 6 of the same key came after it");
        assertThat(versions.supersededReason(later)).isEmpty();
    }

    @Test
    void rowsWithoutAKeyHaveNoNewerVersion() {
        DeadLetterMessage letter = letter(5, Optional.empty());
        versions.addDelivered(Optional.empty(), attributes("file/orders:9", "noon"));

        assertThat(versions.supersededReason(letter)).isEmpty();
    }

    @Test
    void knowsALettersOwnRowFromAnotherOneOfItsNumber() {
        DeadLetterMessage letter = letter(5, ONE);
        versions.addDelivered(TWO, attributes("file/orders:5", "noon"));
        versions.addDelivered(ONE, attributes("file/orders:5", "evening"));
        assertThat(versions.isDelivered(letter)).isFalse();

        versions.addDelivered(ONE, attributes("file/orders:0000000000000000005", "noon"));

        assertThat(versions.isDelivered(letter)).isTrue();
        assertThat(versions.supersededReason(letter)).isEmpty();
    }

    @Test
    void aLetterGivesBackTheAttributesOfItsMessage() {
        DeadLetterMessage letter = letter(5, ONE);

        assertThat(letter.messageAttributes().toString())
                .isEqualTo("{op=u, mapping=orders, watermark=noon, event_id=file/orders:5}");
        assertThat(letter.replayBlocker()).isEmpty();
        assertThat(letter.toDeadLetter("old").superseded()).isEqualTo("old");
    }

    @Test
    void aLetterWithoutAMessageOrItsContentSaysWhyItCannotBeWritten() {
        Map<String, String> attributes = new LinkedHashMap<>(letter(5, ONE).attributes());
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
    void whatIsNotOfTheLaneOrNoLetterIsLeftOut() {
        Map<String, String> attributes = new LinkedHashMap<>(letter(5, ONE).attributes());

        assertThat(DeadLetterMessage.parse("file/order", "1", ONE, ONE, attributes)).isEmpty();
        attributes.remove("error");
        assertThat(DeadLetterMessage.parse("file/orders", "1", ONE, ONE, attributes)).isEmpty();
    }
}
