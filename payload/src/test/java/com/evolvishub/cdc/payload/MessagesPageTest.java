package com.evolvishub.cdc.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.spec.Option;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What the page says of messages is what the encoder says. */
class MessagesPageTest {

    private static final Option DEBEZIUM = Pipelines.option("message_format", "debezium");

    private static final RowSchema ORDERS =
            new RowSchema(
                    List.of(
                            new Column(
                                    "id", "order_id", new SqlType(20, "bigint", 'b', 'N'), false),
                            Rows.column("amount", "numeric(10,2)", 'b', 'N'),
                            Rows.column("note", "text", 'b', 'S'),
                            Rows.column("updated", "timestamp with time zone", 'b', 'D')),
                    List.of(0));

    private static final ChangeRow ORDER =
            ChangeRow.of(
                            Operation.UPSERT,
                            ORDERS,
                            "7\t12.50\tsay \"hi\"\t2024-01-02 03:04:05.123456+00".getBytes(UTF_8),
                            "2024-01-02 03:04:05.123456+00".getBytes(UTF_8))
                    .numbered(42);

    private static final ChangeRow GONE =
            ChangeRow.of(Operation.DELETE, ORDERS, "7".getBytes(UTF_8), CopyText.EMPTY)
                    .numbered(43);

    @Test
    void showsTheMessagesOfItsExample() throws Exception {
        BusMessage message = MessageEncoders.of(Pipelines.with()).encode(ORDER);
        MessageEncoder enveloping = MessageEncoders.of(Pipelines.with(DEBEZIUM));
        String attributes =
                message.attributes().stream()
                        .map(attribute -> attribute.name() + "=" + attribute.value())
                        .collect(Collectors.joining("\n"));

        assertThat(Page.messages().text())
                .contains(fenced("json", text(message.payload().orElseThrow())))
                .contains(fenced("json", text(message.key().orElseThrow())))
                .contains(fenced("text", attributes))
                .contains(fenced("json", text(enveloping.encode(ORDER).payload().orElseThrow())))
                .contains(fenced("json", text(enveloping.encode(GONE).payload().orElseThrow())));
    }

    @Test
    void showsBuiltInTypesAsTheyAre() throws Exception {
        SoftAssertions softly = new SoftAssertions();
        List<Page.Value> values = Page.messages().values();
        for (Page.Value value : values) {
            if (!value.type().startsWith("app.")) {
                RowSchema schema =
                        new RowSchema(List.of(Rows.column("v", value.type(), 'b', 'X')), List.of());
                softly.assertThat(Rows.text(schema, value.server()))
                        .as(value.type())
                        .isEqualTo("{\"v\":" + value.message() + "}");
            }
        }
        assertThat(values).hasSizeGreaterThan(80);
        softly.assertAll();
    }

    private static String fenced(String language, String block) {
        return "```" + language + "\n" + block + "\n```\n";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
