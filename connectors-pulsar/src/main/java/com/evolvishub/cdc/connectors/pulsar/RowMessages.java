package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.payload.PayloadException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.pulsar.sink.config.SinkConfiguration;
import org.apache.flink.connector.pulsar.sink.writer.context.PulsarSinkContext;
import org.apache.flink.connector.pulsar.sink.writer.message.PulsarMessage;
import org.apache.flink.connector.pulsar.sink.writer.message.PulsarMessageBuilder;
import org.apache.flink.connector.pulsar.sink.writer.serializer.PulsarSerializationSchema;

/** Rows as messages, as Flink's sink wants to be given them. */
final class RowMessages implements PulsarSerializationSchema<ChangeRow> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private transient MessageEncoder encoder;

    RowMessages(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void open(
            SerializationSchema.InitializationContext context,
            PulsarSinkContext sinkContext,
            SinkConfiguration configuration) {
        encoder = MessageEncoders.of(pipeline);
    }

    @Override
    public PulsarMessage<?> serialize(ChangeRow row, PulsarSinkContext context) {
        try {
            return message(Outgoing.of(row.sequence(), encoder.encode(row)));
        } catch (PayloadException e) {
            throw new IllegalArgumentException(
                    "%s: row %d has no message: %s"
                            .formatted(pipeline.mapping(), row.sequence(), e.getMessage()),
                    e);
        }
    }

    private static PulsarMessage<?> message(Outgoing row) {
        PulsarMessageBuilder<byte[]> builder =
                PulsarMessage.builder(row.content()).sequenceId(row.number());
        if (!row.key().isEmpty()) {
            builder.key(row.key());
        }
        row.message().attributes().forEach(each -> builder.property(each.name(), each.value()));
        return builder.build();
    }
}
