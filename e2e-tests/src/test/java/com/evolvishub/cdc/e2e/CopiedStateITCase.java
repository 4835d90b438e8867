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

/** Runs into message brokers that resume from a copy of a state directory. */
@Timeout(600)
class CopiedStateITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    @TempDir private Path directory;

    private Database source;
    private EndToEndEventBuses setup;

    @BeforeEach
    void start(@FreshDatabase Database fresh) throws IOException {
        source = fresh;
        ShopDatabase.fill(source, 100);
        setup = new EndToEndEventBuses(directory, SharedEventServers.get(), source);
    }

    @AfterEach
    void stop() {
        setup.close();
    }

    private void change(String word) {
        source.execute(
                "UPDATE orders SET note = '" + word + "' WHERE order_id <= 50",
                "UPDATE customers SET last_name = '" + word + "' WHERE customer_id <= 50",
                "UPDATE products SET name = '" + word + "' WHERE product_id <= 50");
    }

    @Test
    void fencesASuspendedRunAfterATakeover() throws Exception {
        Path state = directory.resolve("state");
        Path copy = directory.resolve("copy");
        try (CliProcess first = setup.start(state)) {
            setup.awaitEqual(first);
            first.signal("STOP");
            copy(state, copy);
            try (CliThread second = setup.startInThisJvm(copy)) {
                change("by the second");
                setup.awaitEqual(second);
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
                setup.awaitEqual(second);
            }
        }
    }

    @Test
    void stopsIfTheStateIsOlderThanTheBrokers() throws Exception {
        Path state = directory.resolve("state");
        Path old = directory.resolve("old");
        assertThat(setup.runOnceHere(state).exitCode()).isZero();
        copy(state, old);
        change("newer");
        assertThat(setup.runOnceHere(state).exitCode()).isZero();
        delete(state);
        copy(old, state);
        List<Integer> before = sizes();
        change("newest");

        CliProcess.Ended third = setup.runOnceHere(state);

        assertThat(third.exitCode()).as(third.output()).isOne();
        String status = setup.status(state);
        for (EventMapping mapping : EventMapping.ALL) {
            assertThat(status)
                    .contains("--reset " + mapping.mapping())
                    .doesNotContain("--accept-duplicates");
        }
        assertThat(sizes()).as(third.output()).isEqualTo(before);

        CliProcess.Ended fourth =
                setup.runOnceHere(
                        state,
                        "--reset",
                        EventMapping.ORDERS.mapping(),
                        "--reset",
                        EventMapping.PRODUCTS.mapping(),
                        "--reset",
                        EventMapping.CUSTOMERS.mapping());

        assertThat(fourth.exitCode()).as(fourth.output()).isZero();
        for (EventMapping mapping : EventMapping.ALL) {
            TopicComparison comparison = setup.compare(mapping);
            assertThat(comparison.missing() + comparison.surplus() + comparison.repeated())
                    .as("%s: %s\n%s", mapping, comparison, fourth.output())
                    .isZero();
        }
    }

    private List<String> causes(Path state) throws IOException {
        return new ObjectMapper().readTree(setup.status(state)).findValuesAsText("cause");
    }

    private List<Integer> sizes() {
        return EventMapping.ALL.stream().map(mapping -> setup.messages(mapping).size()).toList();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
