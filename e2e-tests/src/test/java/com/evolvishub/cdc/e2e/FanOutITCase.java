package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.quickstart.events.ConsumedMessage;
import com.evolvishub.cdc.quickstart.events.KafkaTopicReader;
import com.evolvishub.cdc.quickstart.events.MessageReader;
import com.evolvishub.cdc.quickstart.events.RedisStreamReader;
import com.evolvishub.cdc.quickstart.events.ShopDatabase;
import com.evolvishub.cdc.quickstart.events.TopicComparison;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One mapping to a table, to Kafka, and to Redis, which is unavailable at first. */
@Timeout(600)
class FanOutITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @TempDir private Path directory;

    @Test
    void anUnavailableDestinationDoesNotDelayTheOthers(
            @FreshDatabase Database source, @FreshDatabase Database warehouse) throws Exception {
        ShopDatabase.fill(source, 300);
        try (RedisServer redis = RedisServer.builder().start()) {
            Path file = write(source, warehouse, redis);
            redis.kill();
            try (CliThread run = CliThread.start(file, state());
                    MessageReader kafka =
                            new KafkaTopicReader(KAFKA.bootstrapServers(), "fan_orders")) {
                List<ConsumedMessage> kafkaMessages = new ArrayList<>();
                // each change is delivered only after a completed checkpoint
                for (String status : new String[] {"first", "second", "third"}) {
                    source.execute("UPDATE orders SET status = '" + status + "'");
                    eventually(run)
                            .untilAsserted(
                                    () -> {
                                        kafkaMessages.addAll(kafka.readNew());
                                        assertEqual(source, kafkaMessages, run);
                                        assertThat(content(warehouse, "orders_copy"))
                                                .isEqualTo(content(source, "orders"));
                                    });
                }
                long checkpoint = newestCheckpoint();
                eventually(run).until(() -> newestCheckpoint() > checkpoint + 2);
                // first waiting for destination, then quarantined after repeated failures
                eventually(run)
                        .untilAsserted(() -> assertThat(refusedConnections(file)).hasSize(1));

                redis.restart();

                try (MessageReader stream =
                        new RedisStreamReader(redis.host(), redis.port(), "fan_orders")) {
                    List<ConsumedMessage> redisMessages = new ArrayList<>();
                    eventually(run)
                            .untilAsserted(
                                    () -> {
                                        redisMessages.addAll(stream.readNew());
                                        assertEqual(source, redisMessages, run);
                                    });
                }
                eventually(run).until(() -> refusedConnections(file).isEmpty());
                kafkaMessages.addAll(kafka.readNew());
                assertEqual(source, kafkaMessages, run);
            }
        }
    }

    private static void assertEqual(Database source, List<ConsumedMessage> messages, RunningCli run)
            throws Exception {
        TopicComparison comparison = TopicComparison.of(source, "orders", messages);
        assertThat(comparison.equal()).as("%s\n%s", comparison, run.output()).isTrue();
    }

    private static ConditionFactory eventually(RunningCli run) {
        return await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(300))
                .failFast("the run has ended", () -> !run.isRunning());
    }

    private static String content(Database database, String table) {
        if (database.queryOne("SELECT to_regclass('" + table + "')") == null) {
            return "no table";
        }
        return EndToEndSetup.content(database, table, "order_id, customer_id, status, total, note");
    }

    private Path state() {
        return directory.resolve("state");
    }

    /** Causes of pipelines that wait for a server that refuses connections. */
    private List<String> refusedConnections(Path file) throws IOException {
        String status = CliProcess.status(file, state(), "json");
        return new ObjectMapper()
                .readTree(status).findValuesAsText("cause").stream()
                        .filter(cause -> cause.contains("Connection refused"))
                        .toList();
    }

    /** The id of the newest completed checkpoint, from its directory name. */
    private long newestCheckpoint() throws IOException {
        try (Stream<Path> all = Files.walk(state())) {
            return all.filter(path -> path.endsWith("_metadata"))
                    .map(path -> path.getParent().getFileName().toString())
                    .filter(name -> name.startsWith("chk-"))
                    .mapToLong(name -> Long.parseLong(name.substring("chk-".length())))
                    .max()
                    .orElse(0);
        } catch (UncheckedIOException deleted) {
            return 0; // an older checkpoint was deleted during the walk
        }
    }

    private Path write(Database source, Database warehouse, RedisServer redis) throws IOException {
        String kafka = KAFKA.bootstrapServers();
        int colon = kafka.lastIndexOf(':');
        return Files.writeString(
                directory.resolve("fan.yaml"),
                """
                name: fan
                global_sync:
                  interval_seconds: 0.5
                checkpoint:
                  interval_seconds: 0.3
                mappings:
                  - name: orders
                    source: {%s, table: orders}
                    destinations:
                      - {type: kafka, host: %s, port: %s, table: fan_orders}
                      - {type: redis_streams, host: %s, port: %d, table: fan_orders}
                      - {%s, table: orders_copy}
                """
                        .formatted(
                                address(source),
                                kafka.substring(0, colon),
                                kafka.substring(colon + 1),
                                redis.host(),
                                redis.port(),
                                address(warehouse)));
    }

    private static String address(Database database) {
        return "type: postgresql, host: %s, port: %d, database: %s, username: %s, password: \"%s\""
                .formatted(
                        database.host(),
                        database.port(),
                        database.name(),
                        database.user(),
                        database.password());
    }
}
