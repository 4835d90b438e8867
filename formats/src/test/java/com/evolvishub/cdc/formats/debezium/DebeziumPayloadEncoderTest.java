package com.evolvishub.cdc.formats.debezium;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.MessagePipelines;
import com.evolvishub.cdc.formats.MessageRows;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebeziumPayloadEncoderTest {

    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            MessageRows.column("id", "bigint", 'b', 'N'),
                            MessageRows.column("note", "text", 'b', 'S')),
                    List.of(0));

    @Test
    void aRowOfWhichOnlyTheCurrentVersionIsKnownIsARead() throws Exception {
        assertThat(encode(row(Operation.UPSERT, "7\tx", "2024-01-02 03:04:05.123456+00")))
                .isEqualTo(
                        """
                        {"before":null,"after":{"id":7,"note":"x"},\
                        "source":{"version":"1","connector":"postgresql","name":"shop/orders/kafka:events.order_events",\
                        "ts_ms":1704164645123,"snapshot":"incremental","db":"shop","schema":"public","table":"orders",\
                        "sequence":"[\\"42\\"]","ts_us":1704164645123456},"op":"r","ts_ms":1704164645123,"transaction":null}\
                        """);
    }

    @Test
    void aDeleteHasItsKeyInBefore() throws Exception {
        JsonNode encoded = tree(row(Operation.DELETE, "7", ""));

        assertThat(encoded.get("before").toString()).isEqualTo("{\"id\":7}");
        assertThat(encoded.get("after").isNull()).isTrue();
        assertThat(encoded.get("op").textValue()).isEqualTo("d");
        assertThat(encoded.get("ts_ms").isNull()).isTrue();
        assertThat(encoded.get("source").get("snapshot").textValue()).isEqualTo("false");
    }

    @Test
    void aDeleteWithoutAKeyHasItsRowIdInBefore() throws Exception {
        RowSchema keyless = new RowSchema(SCHEMA.columns(), List.of());
        ChangeRow delete =
                ChangeRow.of(Operation.DELETE, keyless, CopyText.EMPTY, CopyText.EMPTY)
                        .withRowId(new byte[] {1, 2, 3});

        assertThat(tree(delete).get("before").toString()).isEqualTo("{\"_cdc_row\":\"AQID\"}");
    }

    @Test
    void comparedRowsHaveTheirOperation() throws Exception {
        assertThat(tree(row(Operation.INSERT, "7\tx", "")).get("op").textValue()).isEqualTo("c");
        assertThat(tree(row(Operation.UPDATE, "7\tx", "")).get("op").textValue()).isEqualTo("u");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-02 03:04:05+00, 1704164645000000",
        "2024-01-02 03:04:05.1, 1704164645100000",
        "1969-12-31 23:59:59.999999+00, -1",
        "1970-01-01, 0",
        "0001-01-01 00:00:00 BC, -62167219200000000",
        "infinity, ",
        "294276-12-31 23:59:59.999999, ",
        "2024-01-02 03:04:05+05:30, ",
    })
    void theTimeIsTheWatermark(String watermark, Long micros) throws Exception {
        JsonNode encoded = tree(row(Operation.UPSERT, "7\tx", watermark));
        JsonNode found = encoded.get("source").get("ts_us");

        assertThat(found.isNull() ? null : (Long) found.longValue()).isEqualTo(micros);
        assertThat(encoded.get("ts_ms").isNull() ? null : (Long) encoded.get("ts_ms").longValue())
                .isEqualTo(micros == null ? null : (Long) Math.floorDiv(micros, 1000L));
    }

    @Test
    void aWatermarkThatIsNotATimestampIsNotATime() throws Exception {
        MessageEncoder encoder =
                MessageEncoders.of(
                        MessagePipelines.with(
                                WatermarkType.STRING,
                                MessagePipelines.option("message_format", "debezium")));
        byte[] encoded =
                encoder.encode(row(Operation.UPSERT, "7\tx", "2024-01-02")).payload().orElseThrow();

        assertThat(new ObjectMapper().readTree(encoded).get("ts_ms").isNull()).isTrue();
    }

    private static JsonNode tree(ChangeRow row) throws Exception {
        return new ObjectMapper().readTree(encode(row));
    }

    private static String encode(ChangeRow row) throws Exception {
        MessageEncoder encoder =
                MessageEncoders.of(
                        MessagePipelines.with(
                                MessagePipelines.option("message_format", "debezium")));
        return new String(encoder.encode(row).payload().orElseThrow(), UTF_8);
    }

    private static ChangeRow row(Operation operation, String line, String watermark) {
        return ChangeRow.of(operation, SCHEMA, line.getBytes(UTF_8), watermark.getBytes(UTF_8))
                .withSequence(42);
    }
}
