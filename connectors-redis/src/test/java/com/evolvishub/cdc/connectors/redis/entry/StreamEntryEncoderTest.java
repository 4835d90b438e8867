package com.evolvishub.cdc.connectors.redis.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamEntryEncoderTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final ChangeRow ROW =
            TestPipeline.row(TestPipeline.KEYED, "7", "Bea").withSequence(12);

    private static MessageEncoder encoderOf(String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return row -> new EncodedMessage(Optional.empty(), Optional.of(bytes), List.of());
    }

    private static EncodedMessage reject(ChangeRow row) throws MessageEncodingException {
        throw new MessageEncodingException("column name: no form for it");
    }

    private static List<String> texts(StreamEntry entry) {
        return entry.fields().stream()
                .map(field -> new String(field, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void rejectsARowThatCannotBeEncoded() {
        StreamEntryEncoder entries =
                new StreamEntryEncoder(StreamEntryEncoderTest::reject, "file/orders", 100);

        assertThatThrownBy(() -> entries.encode(List.of(ROW)))
                .isInstanceOf(RowRejectedException.class)
                .hasMessage("column name: no form for it");
    }

    @Test
    void writesADeadLetterThatCannotBeEncodedAsCopyText() {
        StreamEntryEncoder entries =
                new StreamEntryEncoder(StreamEntryEncoderTest::reject, "file/orders", 100);

        assertThat(texts(entries.deadLetter(ROW, "orders", "odd", NOON)))
                .containsExactly(
                        "mapping", "orders",
                        "error", "odd",
                        "time", "2026-01-02T12:00:00Z",
                        "op", "u",
                        "event_id", "file/orders:0000000000000000012",
                        "format", "copy",
                        "payload", "7\tBea");
    }

    @Test
    void splitsTheOversizedPayloadOfADeadLetter() {
        StreamEntryEncoder entries =
                new StreamEntryEncoder(
                        encoderOf("x".repeat(100) + "y".repeat(100) + "z"), "id", 100);

        assertThat(texts(entries.deadLetter(ROW, "orders", "long", NOON)))
                .containsSubsequence(
                        "payload", "x".repeat(100),
                        "payload_2", "y".repeat(100),
                        "payload_3", "z");
    }

    @Test
    void acceptsAValueOfExactlyTheMaximumLength() throws Exception {
        StreamEntryEncoder entries =
                new StreamEntryEncoder(encoderOf("x".repeat(100)), "file/orders", 100);

        assertThat(entries.encode(List.of(ROW))).hasSize(1);
        StreamEntryEncoder shorter =
                new StreamEntryEncoder(encoderOf("x".repeat(101)), "file/orders", 100);
        assertThatThrownBy(() -> shorter.encode(List.of(ROW)))
                .isInstanceOf(RowRejectedException.class);
    }
}
