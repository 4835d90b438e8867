package com.evolvishub.cdc.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.formats.message.OversizedMessage;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowMessageEncoderTest {

    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            MessageRows.column("name", "text", 'b', 'S'),
                            new Column(
                                    "id", "order_id", new SqlType(20, "bigint", 'b', 'N'), false),
                            MessageRows.column("updated", "timestamp with time zone", 'b', 'D')),
                    List.of(1));

    private static final RowSchema KEYLESS = new RowSchema(SCHEMA.columns(), List.of());

    private static final String WATERMARK = "2024-01-02 03:04:05.5+00";

    @Test
    void encodesARowAsAnObjectWithTargetNames() throws Exception {
        EncodedMessage message = encode(row(SCHEMA, "say \"hi\"\\n\t7\t" + WATERMARK));

        assertThat(text(message.payload().orElseThrow()))
                .isEqualTo(
                        "{\"name\":\"say \\\"hi\\\"\\n"
                                + "\",\"order_id\":7,\"updated\":\"2024-01-02T03:04:05.500000Z\"}");
        assertThat(text(message.key().orElseThrow())).isEqualTo("{\"order_id\":7}");
        assertThat(message.attributes())
                .containsExactly(
                        new Attribute("op", "u"),
                        new Attribute("mapping", "orders"),
                        new Attribute("watermark", WATERMARK),
                        new Attribute(
                                "event_id", MessagePipelines.IDENTITY + ":0000000000000000042"));
    }

    @Test
    void encodesOnlyTheKeyOfADelete() throws Exception {
        EncodedMessage message = encode(delete(SCHEMA, "7"));

        assertThat(message.payload()).isEmpty();
        assertThat(text(message.key().orElseThrow())).isEqualTo("{\"order_id\":7}");
        assertThat(message.attributes())
                .containsExactly(
                        new Attribute("op", "d"),
                        new Attribute("mapping", "orders"),
                        new Attribute(
                                "event_id", MessagePipelines.IDENTITY + ":0000000000000000043"));
    }

    @Test
    void eventIdsSortLikeTheirSequenceNumbers() throws Exception {
        ChangeRow row = row(SCHEMA, "a\t7\t\\N");

        assertThat(List.of(9L, 10L, Long.MAX_VALUE).stream().map(row::withSequence))
                .extracting(numbered -> last(encode(numbered)))
                .isSorted();
    }

    @Test
    void aRowWithoutAKeyHasNone() throws Exception {
        assertThat(encode(row(KEYLESS, "a\t7\t\\N")).key()).isEmpty();
    }

    @Test
    void aRowIdIsTheKeyOfARowAndOfItsDelete() throws Exception {
        byte[] id = {1, 2, 3, 4};

        EncodedMessage present = encode(row(KEYLESS, "a\t7\t\\N").withRowId(id));
        EncodedMessage delete = encode(delete(KEYLESS, "").withRowId(id));

        assertThat(text(present.key().orElseThrow())).isEqualTo("{\"_cdc_row\":\"AQIDBA==\"}");
        assertThat(text(present.payload().orElseThrow())).doesNotContain("_cdc_row");
        assertThat(delete.key().orElseThrow()).isEqualTo(present.key().orElseThrow());
        assertThat(delete.payload()).isEmpty();
    }

    @Test
    void theKeyFieldIsFoundByEitherNameAndEncodedAsPlainText() throws Exception {
        ChangeRow row = row(SCHEMA, "say \"hi\"\\n\t7\t" + WATERMARK);

        assertThat(text(encode(row, keyField("id")).key().orElseThrow())).isEqualTo("7");
        assertThat(text(encode(row, keyField("order_id")).key().orElseThrow())).isEqualTo("7");
        assertThat(text(encode(row, keyField("name")).key().orElseThrow()))
                .isEqualTo("say \"hi\"\n");
        assertThat(text(encode(row, keyField("updated")).key().orElseThrow()))
                .isEqualTo("2024-01-02T03:04:05.500000Z");
    }

    @Test
    void aNullInTheKeyFieldIsNoKey() throws Exception {
        assertThat(encode(row(SCHEMA, "\\N\t7\t\\N"), keyField("name")).key()).isEmpty();
    }

    @Test
    void aDeleteUsesTheMappingsKeyIfItDoesNotContainTheKeyField() throws Exception {
        ChangeRow delete = delete(SCHEMA, "7");

        assertThat(text(encode(delete, keyField("order_id")).key().orElseThrow())).isEqualTo("7");
        assertThat(text(encode(delete, keyField("name")).key().orElseThrow()))
                .isEqualTo("{\"order_id\":7}");
    }

    @Test
    void aMissingKeyFieldIsReportedBeforeTheFirstRow() {
        assertThat(MessageEncoders.problems(MessagePipelines.with(keyField("nmae")), SCHEMA))
                .containsExactly(
                        "key_field: no column \"nmae\"; there are name, order_id, updated");
        assertThat(MessageEncoders.problems(MessagePipelines.with(keyField("id")), SCHEMA))
                .isEmpty();
        assertThat(MessageEncoders.problems(MessagePipelines.with(), SCHEMA)).isEmpty();
        assertThatThrownBy(() -> encode(row(SCHEMA, "a\t7\t\\N"), keyField("nmae")))
                .isInstanceOf(MessageEncodingException.class)
                .hasMessage("key_field: the row has no column \"nmae\"");
    }

    @Test
    void aNewSchemaAppliesFromItsFirstRow() throws Exception {
        MessageEncoder encoder = MessageEncoders.of(MessagePipelines.with());
        RowSchema narrow = new RowSchema(SCHEMA.columns().subList(0, 1), List.of());

        encoder.encode(row(SCHEMA, "a\t7\t\\N"));

        assertThat(text(encoder.encode(row(narrow, "b")).payload().orElseThrow()))
                .isEqualTo("{\"name\":\"b\"}");
        assertThat(text(encoder.encode(row(SCHEMA, "c\t8\t\\N")).payload().orElseThrow()))
                .isEqualTo("{\"name\":\"c\",\"order_id\":8,\"updated\":null}");
    }

    @Test
    void aCellThatCannotBeEncodedIsReportedByColumnAndTypeWithoutItsValue() {
        RowSchema schema =
                new RowSchema(List.of(MessageRows.column("doc", "jsonb", 'b', 'U')), List.of());
        String deep = "[".repeat(991) + "]".repeat(991);

        assertThatThrownBy(() -> encode(row(schema, deep)))
                .isInstanceOf(MessageEncodingException.class)
                .hasMessage(
                        "column \"doc\" (jsonb): JSON nested more than 990 levels deep, which"
                                + " readers of messages refuse");
    }

    @Test
    void aLineWithTheWrongNumberOfCellsIsRejected() {
        assertThatThrownBy(() -> encode(row(SCHEMA, "a\t7")))
                .isInstanceOf(MessageEncodingException.class)
                .hasMessage("the row has 2 cells, its schema 3 columns");
    }

    @Test
    void aRowThatIsTooLargeIsRejectedBeforeItIsEncoded() {
        byte[] line = new byte[(256 << 20) + 1];
        ChangeRow row = ChangeRow.of(Operation.UPSERT, SCHEMA, line, CopyText.EMPTY);

        assertThatThrownBy(() -> encode(row))
                .isInstanceOf(MessageEncodingException.class)
                .hasMessage(
                        "the row has 268435457 bytes; no message is made of more than 268435456");
    }

    @Test
    void everyEncoderWritesTheSameBytesForTheSameRow() throws Exception {
        ChangeRow row = row(SCHEMA, "a\t7\t" + WATERMARK);

        for (String format : List.of("json", "debezium")) {
            EndpointOption option = MessagePipelines.option("message_format", format);
            EncodedMessage one = encode(row, option);
            EncodedMessage other = encode(row, option);
            assertThat(one.payload().orElseThrow()).isEqualTo(other.payload().orElseThrow());
            assertThat(one.attributes()).isEqualTo(other.attributes());
        }
    }

    @Test
    void anOversizedMessageIsReportedWithItsSizeAndLargestColumn() throws Exception {
        ChangeRow row = row(SCHEMA, "a".repeat(1000) + "\t7\t" + WATERMARK);
        EncodedMessage message = encode(row);

        assertThat(OversizedMessage.describe(row, message, 1000, "max.message.bytes"))
                .isEqualTo(
                        "its message of %d bytes is above the limit of 1000 (max.message.bytes), 1000 of them in column \"name\" of the source; raise the limit, or leave columns out (exclude_columns)"
                                .formatted(message.size()));
        int attributes = "op".length() + 1 + "mapping".length() + "orders".length();
        attributes += "watermark".length() + WATERMARK.length();
        attributes += "event_id".length() + MessagePipelines.IDENTITY.length() + 20;
        assertThat(message.size())
                .isEqualTo(
                        message.key().orElseThrow().length
                                + message.payload().orElseThrow().length
                                + attributes);
    }

    private static EncodedMessage encode(ChangeRow row, EndpointOption... options)
            throws MessageEncodingException {
        return MessageEncoders.of(MessagePipelines.with(options)).encode(row);
    }

    private static String last(EncodedMessage message) {
        return message.attributes().get(message.attributes().size() - 1).value();
    }

    private static EndpointOption keyField(String column) {
        return MessagePipelines.option("key_field", column);
    }

    private static ChangeRow row(RowSchema schema, String line) {
        return ChangeRow.of(
                        Operation.UPSERT, schema, line.getBytes(UTF_8), WATERMARK.getBytes(UTF_8))
                .withSequence(42);
    }

    private static ChangeRow delete(RowSchema schema, String key) {
        return ChangeRow.of(Operation.DELETE, schema, key.getBytes(UTF_8), CopyText.EMPTY)
                .withSequence(43);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
