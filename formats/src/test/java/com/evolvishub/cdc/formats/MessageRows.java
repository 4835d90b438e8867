package com.evolvishub.cdc.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** Builds rows and encodes them as messages. */
public final class MessageRows {

    private MessageRows() {}

    public static JsonNode encode(String type, String value) throws Exception {
        return encode(new RowSchema(List.of(column("v", type, 'b', 'X')), List.of()), value)
                .get("v");
    }

    public static JsonNode encode(RowSchema schema, String... values) throws Exception {
        return new ObjectMapper().readTree(text(schema, values));
    }

    public static String text(RowSchema schema, String... values) throws Exception {
        MessageEncoder encoder = MessageEncoders.of(MessagePipelines.with());
        ChangeRow row = row(Operation.INSERT, schema, values);
        return new String(encoder.encode(row).payload().orElseThrow(), UTF_8);
    }

    public static ChangeRow row(Operation operation, RowSchema schema, String... values) {
        List<byte[]> cells = new ArrayList<>();
        for (String value : values) {
            cells.add(CopyText.escape(value));
        }
        return ChangeRow.of(operation, schema, CopyText.join(cells), CopyText.EMPTY);
    }

    public static Column column(String name, String type, char kind, char category) {
        return new Column(name, name, new SqlType(0, type, kind, category), true);
    }
}
