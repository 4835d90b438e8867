package com.evolvishub.cdc.connectors.kafka.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.KafkaWriterProcess;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Brokers and writers that die at any moment: nothing is lost, nothing comes twice. */
@Timeout(600)
class KafkaCrashITCase {

    private static final int KILLS = Integer.getInteger("kill.rounds", 3);

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @Test
    void keepsEveryRowOnceWhenTheBrokerIsKilled() throws Exception {
        KafkaTestTopic topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        WriterLoop loop = new WriterLoop(topic, "file/broker", "run", nowhere);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(loop));
        long before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long held = before;
            // it writes again, and is in the middle of something
            await().atMost(Duration.ofMinutes(3)).until(() -> end(topic) > held + 2000);
            KAFKA.kill();
            KAFKA.restart();
            before = end(topic);
        }
        loop.stop();
        writer.join();
        assertEveryRowOnce(topic, "file/broker");
    }

    private static void write(WriterLoop loop) {
        try {
            loop.writeUpTo(Long.MAX_VALUE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static long end(KafkaTestTopic topic) throws Exception {
        var partition = new org.apache.kafka.common.TopicPartition(topic.name(), 0);
        try (var admin = KafkaTestTopic.admin(topic.servers())) {
            return admin.listOffsets(
                            Map.of(partition, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    @Test
    void keepsEveryRowOnceWhenTheWriterIsKilled() throws Exception {
        KafkaTestTopic topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        Random random = new Random();
        for (int kill = 0; kill < KILLS; kill++) {
            try (KafkaWriterProcess writer =
                    KafkaWriterProcess.start(
                            topic, 30, "file/writer", "run " + kill, Long.MAX_VALUE)) {
                int batches = random.nextInt(20);
                for (int batch = 0; batch < batches; batch++) {
                    writer.await(line -> line.startsWith("wrote"));
                }
                writer.await(line -> line.startsWith("wrote") || line.startsWith("open"));
                // and then somewhere in a batch
                long spins = random.nextInt(2_000_000);
                LongStream.range(0, spins).forEach(i -> Thread.onSpinWait());
            }
        }
        assertEveryRowOnce(topic, "file/writer");
    }

    /** Whatever became of the last batch: the topic holds what the ledger says, in order. */
    private static void assertEveryRowOnce(KafkaTestTopic topic, String identity) throws Exception {
        long last;
        try (KafkaDestinationClient client = topic.client()) {
            last = client.open(KafkaTestTopic.lane(identity, "last")).lastSequence();
        }
        assertThat(last).isPositive();
        assertThat(numbers(topic)).isEqualTo(upTo(last));
    }

    private static List<Long> numbers(KafkaTestTopic topic) {
        return topic.records().stream().map(KafkaTestTopic::number).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
