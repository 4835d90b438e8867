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

/** Brokers and writers that are killed at random moments: no row is lost or duplicated. */
@Timeout(600)
class KafkaCrashITCase {

    private static final int KILLS = Integer.getInteger("kill.rounds", 3);

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @Test
    void deliversEveryRowOnceWhenTheBrokerIsKilled() throws Exception {
        KafkaTestTopic topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        PrintStream discarded =
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        WriterLoop loop = new WriterLoop(topic, "file/broker", "run", discarded);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(loop));
        long before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long written = before;
            // wait until it is writing again
            await().atMost(Duration.ofMinutes(3)).until(() -> end(topic) > written + 2000);
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
    void deliversEveryRowOnceWhenTheWriterIsKilled() throws Exception {
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
                // then kill it at some point within a batch
                long spins = random.nextInt(2_000_000);
                LongStream.range(0, spins).forEach(i -> Thread.onSpinWait());
            }
        }
        assertEveryRowOnce(topic, "file/writer");
    }

    /** Whether or not the last batch was committed, the topic matches the progress record. */
    private static void assertEveryRowOnce(KafkaTestTopic topic, String identity) throws Exception {
        long last;
        try (KafkaDestinationClient client = topic.client()) {
            last = client.open(KafkaTestTopic.writerIdentity(identity, "last")).lastSequence();
        }
        assertThat(last).isPositive();
        assertThat(sequences(topic)).isEqualTo(upTo(last));
    }

    private static List<Long> sequences(KafkaTestTopic topic) {
        return topic.records().stream().map(KafkaTestTopic::sequence).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
