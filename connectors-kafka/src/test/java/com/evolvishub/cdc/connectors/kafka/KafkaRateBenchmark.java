package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.connectors.kafka.message.KafkaRecords;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Compares the rows per second of this client with those of the fastest plain producer, alternating
 * in one run with the same messages. Not a test: run it with {@code bench/rates kafka [ROWS
 * [ROUNDS]]}.
 */
final class KafkaRateBenchmark {

    private final KafkaServer kafka;
    private final int count;
    private final List<ChangeRow> rows = new ArrayList<>();
    private final List<EncodedMessage> messages = new ArrayList<>();

    private KafkaRateBenchmark(KafkaServer kafka, int count) throws Exception {
        this.kafka = kafka;
        this.count = count;
        Pipeline pipeline =
                KafkaTestTopic.fresh(kafka.bootstrapServers()).testPipeline().pipeline();
        MessageEncoder encoder = MessageEncoders.of(pipeline);
        for (long sequence = 1; sequence <= count; sequence++) {
            String text = "customer %d with a name and some words about it ".formatted(sequence);
            ChangeRow row =
                    TestPipeline.row(TestPipeline.KEYED, Long.toString(sequence), text.repeat(3))
                            .withSequence(sequence);
            rows.add(row);
            messages.add(encoder.encode(row));
        }
    }

    public static void main(String[] arguments) throws Exception {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 400_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try (KafkaServer kafka = KafkaServer.builder().start()) {
            KafkaRateBenchmark rate = new KafkaRateBenchmark(kafka, count);
            for (int round = 1; round <= rounds; round++) {
                double plain = rate.plain();
                System.out.printf(
                        "round %d: plain idempotent producer %,.0f rows/s%n", round, plain);
                for (int batch : new int[] {1000, 5000, 20_000}) {
                    double ours = rate.ours(batch, rate.prepared());
                    System.out.printf(
                            "  ours, %,d a batch: %,.0f rows/s, ratio %.2f%n",
                            batch, ours, ours / plain);
                }
                double encoding = rate.ours(20_000, rate.encoder());
                System.out.printf(
                        "  ours with the encoder, 20,000 a batch: %,.0f rows/s, ratio %.2f%n",
                        encoding, encoding / plain);
            }
        }
    }

    private MessageEncoder encoder() {
        return MessageEncoders.of(
                KafkaTestTopic.fresh(kafka.bootstrapServers()).testPipeline().pipeline());
    }

    private MessageEncoder prepared() {
        return row -> messages.get((int) row.sequence() - 1);
    }

    private double plain() throws Exception {
        KafkaTestTopic topic = fresh();
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "linger.ms", "50",
                        "batch.size", "262144");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic.name());
            long start = System.nanoTime();
            List<Object> sent = new ArrayList<>();
            for (EncodedMessage message : messages) {
                ProducerRecord<byte[], byte[]> record = KafkaRecords.record(topic.name(), message);
                sent.add(producer.send(record));
            }
            producer.flush();
            return rate(start, sent.size());
        }
    }

    private double ours(int batch, MessageEncoder encoder) throws Exception {
        KafkaTestTopic topic = fresh();
        Pipeline pipeline = topic.testPipeline().pipeline();
        try (KafkaDestinationClient client = new KafkaDestinationClient(pipeline, encoder)) {
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
            client.prepare(TestPipeline.KEYED);
            long start = System.nanoTime();
            for (int from = 0; from < count; from += batch) {
                client.write(rows.subList(from, Math.min(count, from + batch)));
            }
            return rate(start, count);
        }
    }

    private KafkaTestTopic fresh() throws Exception {
        KafkaTestTopic topic = KafkaTestTopic.fresh(kafka.bootstrapServers());
        topic.create(1, Map.of());
        return topic;
    }

    private static double rate(long start, int count) {
        return count / ((System.nanoTime() - start) / 1e9);
    }
}
