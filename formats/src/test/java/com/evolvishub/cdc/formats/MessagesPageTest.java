package com.evolvishub.cdc.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Checks that the messages on the documentation page are those that the encoder writes. */
class MessagesPageTest {

    private static final EndpointOption DEBEZIUM =
            MessagePipelines.option("message_format", "debezium");

    private static final RowSchema ORDERS =
            new RowSchema(
                    List.of(
                            new Column(
                                    "id", "order_id", new SqlType(20, "bigint", 'b', 'N'), false),
                            MessageRows.column("amount", "numeric(10,2)", 'b', 'N'),
                            MessageRows.column("note", "text", 'b', 'S'),
                            MessageRows.column("updated", "timestamp with time zone", 'b', 'D')),
                    List.of(0));

    private static final ChangeRow ORDER =
            ChangeRow.of(
                            Operation.UPSERT,
                            ORDERS,
                            "7\t12.50\tsay \"hi\"\t2024-01-02 03:04:05.123456+00".getBytes(UTF_8),
                            "2024-01-02 03:04:05.123456+00".getBytes(UTF_8))
                    .withSequence(42);

    private static final ChangeRow GONE =
            ChangeRow.of(Operation.DELETE, ORDERS, "7".getBytes(UTF_8), CopyText.EMPTY)
                    .withSequence(43);

    @Test
    void showsTheMessagesOfTheExample() throws Exception {
        EncodedMessage message = MessageEncoders.of(MessagePipelines.with()).encode(ORDER);
        MessageEncoder enveloping = MessageEncoders.of(MessagePipelines.with(DEBEZIUM));
        String attributes =
                message.attributes().stream()
                        .map(attribute -> attribute.name() + "=" + attribute.value())
                        .collect(Collectors.joining("\n"));

        assertThat(MessagesPage.messages().text())
                .contains(fenced("json", text(message.payload().orElseThrow())))
                .contains(fenced("json", text(message.key().orElseThrow())))
                .contains(fenced("text", attributes))
                .contains(fenced("json", text(enveloping.encode(ORDER).payload().orElseThrow())))
                .contains(fenced("json", text(enveloping.encode(GONE).payload().orElseThrow())));
    }

    @Test
    void showsTheMessagesOfBuiltInTypes() throws Exception {
        SoftAssertions softly = new SoftAssertions();
        List<MessagesPage.Value> values = MessagesPage.messages().values();
        for (MessagesPage.Value value : values) {
            if (!value.type().startsWith("app.")) {
                RowSchema schema =
                        new RowSchema(
                                List.of(MessageRows.column("v", value.type(), 'b', 'X')),
                                List.of());
                softly.assertThat(MessageRows.text(schema, value.server()))
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
