package com.evolvishub.cdc.connectors.kafka.message;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Converts messages to Kafka records. Kafka derives the partition from the key. */
public final class KafkaRecords {
    private KafkaRecords() {}

    public static ProducerRecord<byte[], byte[]> record(String topic, EncodedMessage message) {
        List<Header> headers = new ArrayList<>(message.attributes().size());
        for (EncodedMessage.Attribute attribute : message.attributes()) {
            headers.add(header(attribute.name(), attribute.value()));
        }
        return new ProducerRecord<>(
                topic, null, message.key().orElse(null), message.payload().orElse(null), headers);
    }

    /** A rejected row: its message and the error. */
    public static ProducerRecord<byte[], byte[]> deadLetter(
            String topic, EncodedMessage message, String error, Instant now) {
        ProducerRecord<byte[], byte[]> record = record(topic, message);
        return withError(record, error, now);
    }

    /** A rejected row that cannot be encoded as a message: in PostgreSQL's COPY format. */
    public static ProducerRecord<byte[], byte[]> deadLetter(
            String topic, ChangeRow row, Pipeline pipeline, String error, Instant now) {
        List<Header> headers =
                List.of(
                        header("op", String.valueOf(row.operation().code())),
                        header("mapping", pipeline.mapping()),
                        header(
                                "event_id",
                                "%s:%019d".formatted(pipeline.identity(), row.sequence())),
                        header("format", "copy"));
        return withError(
                new ProducerRecord<>(topic, null, (byte[]) null, row.line(), headers), error, now);
    }

    /** The same dead letter without its payload. */
    public static ProducerRecord<byte[], byte[]> withoutContent(
            ProducerRecord<byte[], byte[]> deadLetter) {
        List<Header> headers = new ArrayList<>(List.of(deadLetter.headers().toArray()));
        headers.add(header("left_out_bytes", Long.toString(size(deadLetter))));
        return new ProducerRecord<>(deadLetter.topic(), null, deadLetter.key(), null, headers);
    }

    private static ProducerRecord<byte[], byte[]> withError(
            ProducerRecord<byte[], byte[]> record, String error, Instant now) {
        record.headers().add(header("error", error));
        record.headers().add(header("time", now.toString()));
        return record;
    }

    /** Bytes of key and value. */
    static long size(ProducerRecord<byte[], byte[]> record) {
        long key = record.key() == null ? 0 : record.key().length;
        return key + (record.value() == null ? 0 : record.value().length);
    }

    public static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
