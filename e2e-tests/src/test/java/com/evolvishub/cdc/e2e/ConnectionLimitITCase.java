package com.evolvishub.cdc.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More mappings than the server has connections for. */
class ConnectionLimitITCase {
    private static final int MAPPINGS = 12;

    @TempDir private Path directory;

    @Test
    void mappingsShareTheConnectionsWithoutErrors() throws Exception {
        try (PostgresServer server =
                PostgresServer.builder().parameter("max_connections", "20").start()) {
            assertConnectionsAreShared(
                    server.createDatabase("shop"), server.createDatabase("warehouse"));
        }
    }

    private void assertConnectionsAreShared(Database source, Database destination)
            throws Exception {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.5");
        for (int i = 0; i < MAPPINGS; i++) {
            source.execute(
                    "CREATE TABLE t%d (id int PRIMARY KEY, at timestamptz NOT NULL)".formatted(i),
                    "INSERT INTO t%d SELECT n, now() FROM generate_series(1, 10) n".formatted(i));
            String watermark = "watermark:\n  column: at\n  type: timestamp\n";
            setup.mapping("m" + i, "t" + i, "copy" + i, i % 2 == 0 ? watermark : "");
        }

        try (CliProcess running = setup.start()) {
            // the preflight checks run until then and may use all connections
            await().atMost(Duration.ofMinutes(5)).until(() -> running.output().contains("Web UI"));
            awaitRows(running, destination, 10);
            String inserts =
                    perMapping("INSERT INTO t%d VALUES (11, now())").collect(joining("; "));
            retryWithoutConnection(() -> source.execute(inserts));
            awaitRows(running, destination, 11);
            JsonNode mappings = setup.status().path("mappings");
            assertThat(mappings).hasSize(MAPPINGS);
            assertThat(mappings).allMatch(mapping -> mapping.path("errors").asInt() == 0);
            assertThat(running.output()).doesNotContain("too many clients", "is gone");
            running.interrupt();
            assertThat(running.await().exitCode()).isZero();
        }
    }

    private static void awaitRows(CliProcess process, Database destination, int rows) {
        String tableCount =
                "SELECT count(*) FROM pg_class WHERE relname ~ '^copy[0-9]+$' AND relkind = 'r'";
        String rowCounts =
                perMapping("SELECT count(*) FROM copy%d")
                        .collect(
                                joining(
                                        " UNION ",
                                        "SELECT string_agg(n::text, ',') FROM (",
                                        ") AS c (n)"));
        retryWithoutConnection(
                () -> {
                    assertThat(process.isRunning()).as(process.output()).isTrue();
                    assertThat(destination.queryOne(tableCount))
                            .isEqualTo(Integer.toString(MAPPINGS));
                    assertThat(destination.queryOne(rowCounts)).isEqualTo(Integer.toString(rows));
                });
    }

    private static Stream<String> perMapping(String statement) {
        return IntStream.range(0, MAPPINGS).mapToObj(statement::formatted);
    }

    /**
     * Retries while the server has no free connection: it notices late that a client has
     * disconnected.
     */
    private static void retryWithoutConnection(ThrowingRunnable action) {
        await().atMost(Duration.ofMinutes(5))
                .ignoreExceptionsMatching(e -> e.getMessage().contains("too many clients"))
                .untilAsserted(action);
    }
}
