package com.evolvishub.cdc.connectors.pulsar;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.TypedMessageBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Our writing beside the plain asynchronous producer, the same messages in the same run, in turns.
 * {@code -Drate.rows=200000} for figures; without it only that both write everything.
 */
@Timeout(600)
class PulsarRateITCase {

    private static final int ROWS = Integer.getInteger("rate.rows", 5_000);
    private static final int BATCH = 20_000;
    private static final String TEXT = "x".repeat(100);

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    @Test
    void writesWhatAPlainProducerWrites() throws Exception {
        for (int round = 1; round <= (ROWS > 5_000 ? 4 : 1); round++) {
            double plain = plain(Topic.on(PULSAR));
            double ours = ours(Topic.on(PULSAR));
            System.out.printf(
                    "round %d: plain producer %.0f rows/s, ours %.0f rows/s, ratio %.2f%n",
                    round, plain, ours, ours / plain);
        }
    }

    private static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> TestLane.row(Topic.SCHEMA, Long.toString(n), TEXT).numbered(n))
                .toList();
    }

    private static double ours(Topic topic) throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            long start = System.nanoTime();
            for (int from = 1; from <= ROWS; from += BATCH) {
                client.write(rows(from, Math.min(ROWS, from + BATCH - 1)));
            }
            double rate = ROWS * 1e9 / (System.nanoTime() - start);
            assertThat(topic.messages()).hasSize(ROWS);
            return rate;
        }
    }

    /** The messages are made beforehand: that is the yardstick's advantage. */
    private static double plain(Topic topic) throws Exception {
        MessageEncoder encoder = MessageEncoders.of(topic.lane().pipeline());
        List<BusMessage> messages = new ArrayList<>();
        for (ChangeRow row : rows(1, ROWS)) {
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
            for (BusMessage message : messages) {
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
            double rate = ROWS * 1e9 / (System.nanoTime() - start);
            assertThat(topic.messages()).hasSize(ROWS);
            return rate;
        }
    }
}
