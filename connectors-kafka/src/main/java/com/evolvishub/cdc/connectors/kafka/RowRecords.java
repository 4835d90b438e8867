package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.payload.PayloadException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Rows as records, as Flink's sink wants to be given them. */
final class RowRecords implements KafkaRecordSerializationSchema<ChangeRow> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private transient MessageEncoder encoder;

    RowRecords(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void open(
            SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        encoder = MessageEncoders.of(pipeline);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            ChangeRow row, KafkaSinkContext context, Long timestamp) {
        try {
            return Messages.record(pipeline.deliver().destination().table(), encoder.encode(row));
        } catch (PayloadException e) {
            throw new IllegalArgumentException(
                    "%s: row %d has no message: %s"
                            .formatted(pipeline.mapping(), row.sequence(), e.getMessage()),
                    e);
        }
    }
}
