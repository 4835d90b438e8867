package com.evolvishub.cdc.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaterVersionsTest {

    private static final Optional<byte[]> ONE = Optional.of("1".getBytes(UTF_8));
    private static final Optional<byte[]> TWO = Optional.of("2".getBytes(UTF_8));

    private final LaterVersions versions = new LaterVersions("file/orders");

    private static Map<String, String> attributes(String eventId, String watermark) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("mapping", "orders");
        attributes.put("op", "u");
        attributes.put("watermark", watermark);
        attributes.put("event_id", eventId);
        return attributes;
    }

    private BusLetter letter(long number, Optional<byte[]> key) {
        Map<String, String> attributes = attributes("file/orders:" + number, "noon");
        attributes.put("error", "too large");
        attributes.put("time", "2026-01-02T03:04:05Z");
        BusLetter letter =
                BusLetter.of("file/orders", "0-" + number, key, key, attributes).orElseThrow();
        versions.letter(letter);
        return letter;
    }

    @Test
    void aHigherNumberOfTheSameKeyIsNewer() {
        BusLetter letter = letter(5, ONE);
        versions.delivered(TWO, attributes("file/orders:9", "noon"));
        versions.delivered(ONE, attributes("file/orders:4", "noon"));
        versions.delivered(ONE, attributes("file/others:9", "noon"));
        versions.delivered(ONE, attributes("file/orders:x", "noon"));
        assertThat(versions.newerThan(letter)).isEmpty();

        versions.delivered(ONE, attributes("file/orders:6", "noon"));

        assertThat(versions.newerThan(letter)).isEqualTo("row 6 of the same key came after it");
    }

    @Test
    void aLaterLetterOfTheSameKeyIsNewerToo() {
        BusLetter letter = letter(5, ONE);
        letter(7, TWO);
        BusLetter later = letter(6, ONE);

        assertThat(versions.newerThan(letter)).isEqualTo("row 6 of the same key came after it");
        assertThat(versions.newerThan(later)).isEmpty();
    }

    @Test
    void rowsWithoutAKeyHaveNoNewerVersion() {
        BusLetter letter = letter(5, Optional.empty());
        versions.delivered(Optional.empty(), attributes("file/orders:9", "noon"));

        assertThat(versions.newerThan(letter)).isEmpty();
    }

    @Test
    void knowsALettersOwnRowFromAnotherOneOfItsNumber() {
        BusLetter letter = letter(5, ONE);
        versions.delivered(TWO, attributes("file/orders:5", "noon"));
        versions.delivered(ONE, attributes("file/orders:5", "evening"));
        assertThat(versions.isThere(letter)).isFalse();

        versions.delivered(ONE, attributes("file/orders:0000000000000000005", "noon"));

        assertThat(versions.isThere(letter)).isTrue();
        assertThat(versions.newerThan(letter)).isEmpty();
    }

    @Test
    void aLetterGivesBackTheAttributesOfItsMessage() {
        BusLetter letter = letter(5, ONE);

        assertThat(letter.messageAttributes().toString())
                .isEqualTo("{op=u, mapping=orders, watermark=noon, event_id=file/orders:5}");
        assertThat(letter.hindrance()).isEmpty();
        assertThat(letter.told("old").superseded()).isEqualTo("old");
    }

    @Test
    void aLetterWithoutAMessageOrItsContentSaysWhyItCannotBeWritten() {
        Map<String, String> attributes = new LinkedHashMap<>(letter(5, ONE).attributes());
        attributes.put("format", "copy");
        assertThat(of(attributes).hindrance())
                .contains("no message can be made of the row: too large");
        attributes.remove("format");
        attributes.put("left_out_bytes", "77");
        assertThat(of(attributes).hindrance().orElseThrow())
                .startsWith("its content of 77 bytes was too large to be kept");
    }

    private static BusLetter of(Map<String, String> attributes) {
        return BusLetter.of("file/orders", "1", ONE, ONE, attributes).orElseThrow();
    }

    @Test
    void whatIsNotOfTheLaneOrNoLetterIsLeftOut() {
        Map<String, String> attributes = new LinkedHashMap<>(letter(5, ONE).attributes());

        assertThat(BusLetter.of("file/order", "1", ONE, ONE, attributes)).isEmpty();
        attributes.remove("error");
        assertThat(BusLetter.of("file/orders", "1", ONE, ONE, attributes)).isEmpty();
    }
}
