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

/** More mappings than the server takes connections. */
class ConnectionLimitITCase {
    private static final int MAPPINGS = 12;

    @TempDir private Path folder;

    @Test
    void mappingsShareThemAndNoneFails() throws Exception {
        try (PostgresServer server =
                PostgresServer.builder().parameter("max_connections", "20").start()) {
            share(server.createDatabase("shop"), server.createDatabase("warehouse"));
        }
    }

    private void share(Database source, Database destination) throws Exception {
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.5");
        for (int i = 0; i < MAPPINGS; i++) {
            source.execute(
                    "CREATE TABLE t%d (id int PRIMARY KEY, at timestamptz NOT NULL)".formatted(i),
                    "INSERT INTO t%d SELECT n, now() FROM generate_series(1, 10) n".formatted(i));
            String watermark = "watermark:\n  column: at\n  type: timestamp\n";
            road.mapping("m" + i, "t" + i, "copy" + i, i % 2 == 0 ? watermark : "");
        }

        try (CliProcess running = road.start()) {
            // until then the two ends are looked at, and a question of ours may find no place
            await().atMost(Duration.ofMinutes(5)).until(() -> running.output().contains("Web UI"));
            awaitRows(running, destination, 10);
            String inserts =
                    perMapping("INSERT INTO t%d VALUES (11, now())").collect(joining("; "));
            asOneOfFew(() -> source.execute(inserts));
            awaitRows(running, destination, 11);
            JsonNode mappings = road.status().path("mappings");
            assertThat(mappings).hasSize(MAPPINGS);
            assertThat(mappings).allMatch(mapping -> mapping.path("errors").asInt() == 0);
            assertThat(running.output()).doesNotContain("too many clients", "is gone");
            running.interrupt();
            assertThat(running.await().exitCode()).isZero();
        }
    }

    private static void awaitRows(CliProcess process, Database destination, int rows) {
        String made =
                "SELECT count(*) FROM pg_class WHERE relname ~ '^copy[0-9]+$' AND relkind = 'r'";
        String counts =
                perMapping("SELECT count(*) FROM copy%d")
                        .collect(
                                joining(
                                        " UNION ",
                                        "SELECT string_agg(n::text, ',') FROM (",
                                        ") AS c (n)"));
        asOneOfFew(
                () -> {
                    assertThat(process.isRunning()).as(process.output()).isTrue();
                    assertThat(destination.queryOne(made)).isEqualTo(Integer.toString(MAPPINGS));
                    assertThat(destination.queryOne(counts)).isEqualTo(Integer.toString(rows));
                });
    }

    private static Stream<String> perMapping(String statement) {
        return IntStream.range(0, MAPPINGS).mapToObj(statement::formatted);
    }

    /** The server is slow to take note that a client has gone: then there is no place for us. */
    private static void asOneOfFew(ThrowingRunnable action) {
        await().atMost(Duration.ofMinutes(5))
                .ignoreExceptionsMatching(e -> e.getMessage().contains("too many clients"))
                .untilAsserted(action);
    }
}
