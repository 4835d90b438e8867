package com.evolvishub.cdc.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowEncoderTest {

    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            column("name", "name", "text", 'S'),
                            column("id", "order_id", "bigint", 'N'),
                            column("updated", "updated", "timestamp with time zone", 'D')),
                    List.of(1));

    private static final String WATERMARK = "2024-01-02 03:04:05.5+00";

    private final MessageEncoder encoder = MessageEncoders.of(Pipelines.with());

    @Test
    void saysARowAsAnObjectOfItsColumnsByTheirTargets() throws Exception {
        BusMessage message =
                encoder.encode(row(Operation.UPSERT, "say \"hi\"\\n\t7\t" + WATERMARK));

        assertThat(text(message.payload().orElseThrow()))
                .isEqualTo(
                        "{\"name\":\"say \\\"hi\\\"\\n\",\"order_id\":7,\"updated\":\"2024-01-02T03:04:05.500000Z\"}");
        assertThat(text(message.key().orElseThrow())).isEqualTo("{\"order_id\":7}");
        assertThat(message.attributes())
                .containsExactly(
                        new Attribute("op", "u"),
                        new Attribute("mapping", "orders"),
                        new Attribute("watermark", WATERMARK),
                        new Attribute("event_id", Pipelines.IDENTITY + ":0000000000000000042"));
    }

    @Test
    void saysNothingButTheKeyOfARowThatIsGone() throws Exception {
        ChangeRow gone =
                ChangeRow.of(Operation.DELETE, SCHEMA, bytes("7"), CopyText.EMPTY).numbered(43);

        BusMessage message = encoder.encode(gone);

        assertThat(message.payload()).isEmpty();
        assertThat(text(message.key().orElseThrow())).isEqualTo("{\"order_id\":7}");
        assertThat(message.attributes())
                .extracting(Attribute::name)
                .containsExactly("op", "mapping", "event_id");
        assertThat(message.attributes().get(0).value()).isEqualTo("d");
    }

    private static ChangeRow row(Operation operation, String line) {
        return ChangeRow.of(operation, SCHEMA, bytes(line), bytes(WATERMARK)).numbered(42);
    }

    private static Column column(String name, String target, String type, char category) {
        return new Column(name, target, new SqlType(0, type, 'b', category), true);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
