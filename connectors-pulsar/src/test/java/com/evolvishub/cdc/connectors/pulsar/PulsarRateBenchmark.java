package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.TypedMessageBuilder;

/**
 * Compares the rows per second of this client with those of a plain asynchronous producer,
 * alternating in one run with the same messages. Not a test: run it with {@code bench/rates pulsar
 * [ROWS [ROUNDS]]}.
 */
final class PulsarRateBenchmark {

    private static final int BATCH = 20_000;
    private static final String TEXT = "x".repeat(100);

    private PulsarRateBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        try (PulsarServer server = PulsarServer.builder().start()) {
            for (int round = 1; round <= rounds; round++) {
                double plain = plain(PulsarTestTopic.on(server), count);
                double ours = ours(PulsarTestTopic.on(server), count);
                System.out.printf(
                        "round %d: plain producer %,.0f rows/s, ours %,.0f rows/s, ratio %.2f%n",
                        round, plain, ours, ours / plain);
            }
        }
        // the readers' client has threads that do not end
        System.exit(0);
    }

    private static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(
                        n ->
                                TestPipeline.row(PulsarTestTopic.SCHEMA, Long.toString(n), TEXT)
                                        .withSequence(n))
                .toList();
    }

    private static double ours(PulsarTestTopic topic, int count) throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            long start = System.nanoTime();
            for (int from = 1; from <= count; from += BATCH) {
                client.write(rows(from, Math.min(count, from + BATCH - 1)));
            }
            double rate = count * 1e9 / (System.nanoTime() - start);
            requireAll(topic, count);
            return rate;
        }
    }

    /** The messages are encoded beforehand, which favors the plain producer. */
    private static double plain(PulsarTestTopic topic, int count) throws Exception {
        MessageEncoder encoder = MessageEncoders.of(topic.testPipeline().pipeline());
        List<EncodedMessage> messages = new ArrayList<>();
        for (ChangeRow row : rows(1, count)) {
            messages.add(encoder.encode(row));
        }
        try (Producer<byte[]> producer =
                topic.plainClient()
                        .newProducer()
                        .topic(topic.name())
                        .blockIfQueueFull(true)
                        .create()) {
            long start = System.nanoTime();
            CompletableFuture<MessageId> last = null;
            for (EncodedMessage message : messages) {
                TypedMessageBuilder<byte[]> builder =
                        producer.newMessage()
                                .key(
                                        new String(
                                                message.key().orElseThrow(),
                                                StandardCharsets.UTF_8))
                                .value(message.payload().orElseThrow());
                for (Attribute attribute : message.attributes()) {
                    builder.property(attribute.name(), attribute.value());
                }
                last = builder.sendAsync();
            }
            producer.flush();
            last.join();
            double rate = count * 1e9 / (System.nanoTime() - start);
            requireAll(topic, count);
            return rate;
        }
    }

    private static void requireAll(PulsarTestTopic topic, int count) throws Exception {
        int found = topic.messages().size();
        if (found != count) {
            throw new IllegalStateException(found + " messages in the topic, not " + count);
        }
    }
}
