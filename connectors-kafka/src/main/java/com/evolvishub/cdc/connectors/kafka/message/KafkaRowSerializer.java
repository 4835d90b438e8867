package com.evolvishub.cdc.connectors.kafka.message;

import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Serializes rows as records for Flink's Kafka sink. */
public final class KafkaRowSerializer implements KafkaRecordSerializationSchema<ChangeRow> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private transient MessageEncoder encoder;

    public KafkaRowSerializer(Pipeline pipeline) {
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
            return KafkaRecords.record(
                    pipeline.deliver().destination().table(), encoder.encode(row));
        } catch (MessageEncodingException e) {
            throw new IllegalArgumentException(
                    "%s: row %d has no message: %s"
                            .formatted(pipeline.mapping(), row.sequence(), e.getMessage()),
                    e);
        }
    }
}
