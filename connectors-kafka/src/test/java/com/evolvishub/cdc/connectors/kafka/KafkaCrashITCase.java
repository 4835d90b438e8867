package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.servers.kafka.KafkaServer;
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
        Topic topic = Topic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        LaneLoop loop = new LaneLoop(topic, "file/broker", "run", nowhere);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(loop));
        long before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long held = before;
            // it writes again, and is in the middle of something
            await().atMost(Duration.ofMinutes(3)).until(() -> end(topic) > held + 2000);
            KAFKA.kill();
            KAFKA.startAgain();
            before = end(topic);
        }
        loop.stop();
        writer.join();
        assertEveryRowOnce(topic, "file/broker");
    }

    private static void write(LaneLoop loop) {
        try {
            loop.writeUpTo(Long.MAX_VALUE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static long end(Topic topic) throws Exception {
        var partition = new org.apache.kafka.common.TopicPartition(topic.name(), 0);
        try (var admin = Topic.admin(topic.servers())) {
            return admin.listOffsets(
                            Map.of(partition, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    @Test
    void keepsEveryRowOnceWhenTheWriterIsKilled() throws Exception {
        Topic topic = Topic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        Random random = new Random();
        for (int kill = 0; kill < KILLS; kill++) {
            try (WriterProcess writer =
                    WriterProcess.start(topic, 30, "file/writer", "run " + kill, Long.MAX_VALUE)) {
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
    private static void assertEveryRowOnce(Topic topic, String identity) throws Exception {
        long last;
        try (KafkaBusClient client = topic.client()) {
            last = client.open(Topic.lane(identity, "last")).lastNumber();
        }
        assertThat(last).isPositive();
        assertThat(numbers(topic)).isEqualTo(upTo(last));
    }

    private static List<Long> numbers(Topic topic) {
        return topic.records().stream().map(Topic::number).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
