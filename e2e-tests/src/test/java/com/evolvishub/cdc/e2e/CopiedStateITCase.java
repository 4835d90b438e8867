package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.quickstart.events.EventMapping;
import com.evolvishub.cdc.quickstart.events.ShopDatabase;
import com.evolvishub.cdc.quickstart.events.TopicComparison;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the event buses that go on from a copy of a state directory. */
@Timeout(600)
class CopiedStateITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    @TempDir private Path folder;

    private Database source;
    private EndToEndEventBuses road;

    @BeforeEach
    void start(@FreshDatabase Database fresh) throws IOException {
        source = fresh;
        ShopDatabase.fill(source, 100);
        road = new EndToEndEventBuses(folder, SharedEventServers.get(), source);
    }

    @AfterEach
    void stop() {
        road.close();
    }

    private void change(String word) {
        source.execute(
                "UPDATE orders SET note = '" + word + "' WHERE order_id <= 50",
                "UPDATE customers SET last_name = '" + word + "' WHERE customer_id <= 50",
                "UPDATE products SET name = '" + word + "' WHERE product_id <= 50");
    }

    @Test
    void letsARunThatWasPausedWriteNothingMore() throws Exception {
        Path state = folder.resolve("state");
        Path copy = folder.resolve("copy");
        try (CliProcess first = road.start(state)) {
            road.awaitEqual(first);
            first.signal("STOP");
            copy(state, copy);
            try (CliThread second = road.startHere(copy)) {
                change("by the second");
                road.awaitEqual(second);
                first.signal("CONT");
                change("while both run");
                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofMillis(300))
                        .untilAsserted(
                                () ->
                                        assertThat(causes(state))
                                                .as(first.output())
                                                .hasSize(EventMapping.ALL.size())
                                                .allMatch(
                                                        cause ->
                                                                cause.startsWith(
                                                                        "taken over by run ")));
                change("after that");
                road.awaitEqual(second);
            }
        }
    }

    @Test
    void asksWhatToDoWithStateThatIsOlderThanTheBuses() throws Exception {
        Path state = folder.resolve("state");
        Path old = folder.resolve("old");
        assertThat(road.runOnceHere(state).exitCode()).isZero();
        copy(state, old);
        change("newer");
        assertThat(road.runOnceHere(state).exitCode()).isZero();
        delete(state);
        copy(old, state);
        List<Integer> before = sizes();
        change("newest");

        CliProcess.Ended third = road.runOnceHere(state);

        assertThat(third.exitCode()).as(third.output()).isOne();
        String said = road.status(state);
        for (EventMapping route : EventMapping.ALL) {
            assertThat(said)
                    .contains("--reset " + route.mapping())
                    .doesNotContain("--accept-duplicates");
        }
        assertThat(sizes()).as(third.output()).isEqualTo(before);

        CliProcess.Ended fourth =
                road.runOnceHere(
                        state,
                        "--reset",
                        EventMapping.ORDERS.mapping(),
                        "--reset",
                        EventMapping.PRODUCTS.mapping(),
                        "--reset",
                        EventMapping.CUSTOMERS.mapping());

        assertThat(fourth.exitCode()).as(fourth.output()).isZero();
        for (EventMapping route : EventMapping.ALL) {
            TopicComparison back = road.readBack(route);
            assertThat(back.missing() + back.surplus() + back.repeated())
                    .as("%s: %s\n%s", route, back, fourth.output())
                    .isZero();
        }
    }

    private List<String> causes(Path state) throws IOException {
        return new ObjectMapper().readTree(road.status(state)).findValuesAsText("cause");
    }

    private List<Integer> sizes() {
        return EventMapping.ALL.stream().map(route -> road.messages(route).size()).toList();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
