package com.evolvishub.cdc.formats;

import com.evolvishub.cdc.formats.debezium.DebeziumPayloadEncoder;
import com.evolvishub.cdc.formats.json.JsonPayloadEncoder;
import com.evolvishub.cdc.formats.json.KeyEncoder;
import com.evolvishub.cdc.formats.json.PayloadEncoder;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.List;
import java.util.Optional;

/** Creates the encoder that a pipeline's destination is configured with. */
public final class MessageEncoders {

    private static final String FORMAT = "message_format";
    private static final String KEY_FIELD = "key_field";

    private MessageEncoders() {}

    /**
     * Returns an encoder for one pipeline, by {@code message_format} and {@code key_field} of its
     * destination.
     *
     * @throws IllegalArgumentException if the format is not one that the planner accepts
     */
    public static MessageEncoder of(Pipeline pipeline) {
        String format = option(pipeline, FORMAT).orElse("json");
        PayloadEncoder payload =
                switch (format) {
                    case "json" -> new JsonPayloadEncoder();
                    case "debezium" -> new DebeziumPayloadEncoder(pipeline);
                    default ->
                            throw new IllegalArgumentException(
                                    "message_format \"%s\"; expected json or debezium"
                                            .formatted(format));
                };
        KeyEncoder key = new KeyEncoder(option(pipeline, KEY_FIELD).orElse(""));
        return new RowMessageEncoder(key, payload, new AttributeEncoder(pipeline));
    }

    /**
     * Returns the problems of encoding rows of this schema, each with its remedy; empty: none. Used
     * by {@code DestinationClient.check}.
     */
    public static List<String> problems(Pipeline pipeline, RowSchema schema) {
        Optional<String> field = option(pipeline, KEY_FIELD);
        if (field.isEmpty() || RowEncoder.find(schema.columns(), field.get()) >= 0) {
            return List.of();
        }
        return List.of(
                "key_field: no column \"%s\"; there are %s"
                        .formatted(
                                field.get(),
                                String.join(
                                        ", ",
                                        schema.columns().stream().map(Column::target).toList())));
    }

    /**
     * Whether messages of rows of this schema have keys. A message whose {@code key_field} is null
     * has none regardless.
     */
    public static boolean hasKeys(Pipeline pipeline, RowSchema schema) {
        // compared rows without a key have our row id
        return schema.isKeyed()
                || option(pipeline, KEY_FIELD).isPresent()
                || pipeline.scan().capture() instanceof Capture.ByDiff;
    }

    private static Optional<String> option(Pipeline pipeline, String name) {
        return pipeline.deliver()
                .destination()
                .option(name)
                .map(Secret::reveal)
                .filter(value -> !value.isEmpty());
    }
}
