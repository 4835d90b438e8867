package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code delivery: transactional} to Kafka, with the command line tool. */
class KafkaTransactionalDeliveryITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private static final int ROWS = Integer.getInteger("road.rows", 100_000);
    private static final String[] MAPPING = {
        "watermark:\n  column: at\n  type: timestamp\n", "delivery: transactional\n"
    };

    @TempDir private Path directory;

    @Test
    void makesTheRowsOfACheckpointVisibleTogether(@FreshDatabase Database source) throws Exception {
        createOrders(source, 100);
        EndToEndSetup setup =
                setup(source, "together")
                        .with("global_sync:\n  interval_seconds: 0.2")
                        // longer than this test: the only checkpoint is the savepoint at the end
                        .with("checkpoint:\n  interval_seconds: 3600");

        try (CliThread running = setup.startInThisJvm()) {
            await().atMost(Duration.ofMinutes(5))
                    .untilAsserted(
                            () -> {
                                assertThat(running.isRunning()).as(running.output()).isTrue();
                                assertThat(records("together", "read_uncommitted")).hasSize(100);
                            });
            assertThat(records("together", "read_committed")).isEmpty();
            running.interrupt();
            CliProcess.Ended ended = running.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }

        awaitSequenceNumbers("together", 100);
    }

    @Test
    void deliversEachRowOnceAfterAKill(@FreshDatabase Database source) throws Exception {
        createOrders(source, ROWS / 2);
        EndToEndSetup setup =
                setup(source, "killed")
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .with("checkpoint:\n  interval_seconds: 0.2");
        try (CliProcess first = setup.start()) {
            await().atMost(Duration.ofMinutes(5))
                    .untilAsserted(
                            () ->
                                    assertThat(end("killed", "read_committed"))
                                            .as(first.output())
                                            .isPositive());
            first.kill();
        }
        // these rows are inserted after the kill, so the kill always comes before the end
        insertOrders(source, ROWS / 2 + 1, ROWS);

        CliProcess.Ended second = setup.runInThisJvm("--mode", "one_time");

        assertThat(second.exitCode()).as(second.output()).isZero();
        awaitSequenceNumbers("killed", ROWS);
    }

    private EndToEndSetup setup(Database source, String topic) {
        return setup(directory, source, topic);
    }

    /** A mapping of orders to a topic with one partition. */
    static EndToEndSetup setup(Path directory, Database source, String topic) {
        int colon = KAFKA.bootstrapServers().lastIndexOf(':');
        String block =
                """
                type: kafka
                host: %s
                port: %s
                table: %s
                partitions: 1
                """
                        .formatted(
                                KAFKA.bootstrapServers().substring(0, colon),
                                KAFKA.bootstrapServers().substring(colon + 1),
                                topic);
        return new EndToEndSetup(directory, source, source)
                .mappingInto("orders", "orders", block.indent(6), MAPPING);
    }

    static void createOrders(Database source, int rows) {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)");
        insertOrders(source, 1, rows);
    }

    static void insertOrders(Database source, int first, int last) {
        source.execute(
                "INSERT INTO orders SELECT i, repeat('x', i %% 200), timestamptz '2024-01-01' + i / 100 * interval '1 s' FROM generate_series(%d, %d) i"
                        .formatted(first, last));
    }

    /**
     * Retries, because a transaction becomes visible a little later than its commit is
     * acknowledged.
     */
    static void awaitSequenceNumbers(String topic, int last) {
        List<Long> expected = LongStream.rangeClosed(1, last).boxed().toList();
        await().atMost(Duration.ofMinutes(5))
                .untilAsserted(() -> assertThat(sequenceNumbers(topic)).isEqualTo(expected));
    }

    /** The sequence numbers in the event ids. */
    private static List<Long> sequenceNumbers(String topic) {
        return records(topic, "read_committed").stream()
                .map(
                        record ->
                                new String(
                                        record.headers().lastHeader("event_id").value(),
                                        StandardCharsets.UTF_8))
                .map(id -> Long.valueOf(id.substring(id.lastIndexOf(':') + 1)))
                .toList();
    }

    private static long end(String topic, String isolation) {
        var partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            return consumer.listTopics().containsKey(topic)
                    ? consumer.endOffsets(List.of(partition)).get(partition)
                    : 0;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        long end = end(topic, isolation);
        if (end == 0) {
            return all;
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }
}
