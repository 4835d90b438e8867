package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.playground.events.Bus;
import com.evolvishub.cdc.playground.events.BusMessage;
import com.evolvishub.cdc.playground.events.EventServers;
import com.evolvishub.cdc.playground.events.ReadBack;
import com.evolvishub.cdc.playground.events.Route;
import com.evolvishub.cdc.playground.events.Shop;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.PostgresServer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One mapping to a table, to Kafka and to Redis, which is away at first. */
@Timeout(300)
class FanOutITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path folder;

    @Test
    void doesNotHoldTheOthersWhileOneIsAway() throws Exception {
        try (EventServers servers = EventServers.start(OpenFolder.in(folder))) {
            Database source = Shop.create(servers.postgres(), 1000);
            Database warehouse = servers.postgres().createDatabase("warehouse");
            Map<String, String> addresses = servers.addresses();
            servers.redis().kill();
            try (CliProcess run =
                            CliProcess.start(
                                    folder, addresses, "run-multi", "-c", write().toString());
                    Bus kafka = servers.bus(Route.ORDERS)) {
                List<BusMessage> sent = new ArrayList<>();
                // each change needs checkpoints that complete to come through
                for (String status : new String[] {"first", "second", "third"}) {
                    source.execute("UPDATE orders SET status = '" + status + "'");
                    eventually(run)
                            .untilAsserted(
                                    () -> {
                                        sent.addAll(kafka.readOn());
                                        assertEqual(source, sent, run);
                                        assertThat(content(warehouse, "orders_copy"))
                                                .isEqualTo(content(source, "orders"));
                                    });
                }
                long checkpoint = newestCheckpoint();
                eventually(run).until(() -> newestCheckpoint() > checkpoint + 2);
                // waiting for destination at first, quarantined once that has gone on for long
                assertThat(refused(addresses)).hasSize(1);

                servers.redis().startAgain();

                try (Bus redis = servers.bus(Route.PRODUCTS)) {
                    List<BusMessage> late = new ArrayList<>();
                    eventually(run)
                            .untilAsserted(
                                    () -> {
                                        late.addAll(redis.readOn());
                                        assertEqual(source, late, run);
                                    });
                }
                eventually(run).until(() -> refused(addresses).isEmpty());
                sent.addAll(kafka.readOn());
                assertEqual(source, sent, run);
            }
        }
    }

    private static void assertEqual(Database source, List<BusMessage> messages, CliProcess run)
            throws Exception {
        ReadBack back = ReadBack.of(source, "orders", messages);
        assertThat(back.equal()).as("%s\n%s", back, run.output()).isTrue();
    }

    private static ConditionFactory eventually(CliProcess run) {
        return await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(300))
                .failFast("the run has ended", () -> !run.isRunning());
    }

    private static String content(Database database, String table) {
        if (database.queryOne("SELECT to_regclass('" + table + "')") == null) {
            return "no table";
        }
        return Road.content(database, table, "order_id, customer_id, status, total, note");
    }

    /** Causes of pipelines that wait for a server that refuses connections. */
    private List<String> refused(Map<String, String> addresses) throws IOException {
        String text = CliProcess.resolved(Files.readString(folder.resolve("fan.yaml")), addresses);
        String status =
                CliProcess.runHere(
                                "status",
                                "-c",
                                Files.writeString(folder.resolve("resolved.yaml"), text).toString(),
                                "--format",
                                "json",
                                "--state-dir",
                                folder.resolve(".evolvishub-cdc").resolve("fan").toString())
                        .output();
        return new ObjectMapper()
                .readTree(status).findValuesAsText("cause").stream()
                        .filter(cause -> cause.contains("Connection refused"))
                        .toList();
    }

    /** The number of the newest checkpoint that has completed, by its folder. */
    private long newestCheckpoint() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(".evolvishub-cdc"))) {
            return all.filter(path -> path.endsWith("_metadata"))
                    .map(path -> path.getParent().getFileName().toString())
                    .filter(name -> name.startsWith("chk-"))
                    .mapToLong(name -> Long.parseLong(name.substring("chk-".length())))
                    .max()
                    .orElse(0);
        } catch (UncheckedIOException gone) {
            return 0; // an older one was taken away meanwhile
        }
    }

    private Path write() throws IOException {
        return Files.writeString(
                folder.resolve("fan.yaml"),
                """
                name: fan
                global_sync:
                  interval_seconds: 0.5
                mappings:
                  - name: orders
                    source:
                      type: postgresql
                      host: ${CDC_SOURCE_HOST}
                      port: ${CDC_SOURCE_PORT}
                      database: ecommerce
                      username: ${CDC_SOURCE_USERNAME}
                      password: ${CDC_SOURCE_PASSWORD}
                      table: orders
                    destinations:
                      - type: kafka
                        host: ${CDC_KAFKA_HOST}
                        port: ${CDC_KAFKA_PORT}
                        table: order_events
                      - type: redis_streams
                        host: ${CDC_REDIS_HOST}
                        port: ${CDC_REDIS_PORT}
                        table: product_updates
                      - type: postgresql
                        host: ${CDC_SOURCE_HOST}
                        port: ${CDC_SOURCE_PORT}
                        database: warehouse
                        username: ${CDC_SOURCE_USERNAME}
                        password: ${CDC_SOURCE_PASSWORD}
                        table: orders_copy
                """);
    }
}
