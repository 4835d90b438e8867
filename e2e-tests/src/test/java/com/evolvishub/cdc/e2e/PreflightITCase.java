package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run in which some mappings fail the preflight checks and one passes them. */
class PreflightITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @TempDir private Path directory;

    @Test
    void reportsProblemsAndRunsTheWorkingMappings(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, total numeric)",
                "INSERT INTO orders VALUES (1, 2.50)");
        destination.execute("CREATE TABLE narrow (id int PRIMARY KEY)");
        Path file = directory.resolve("broken.yaml");
        Files.writeString(file, fileWithProblems(source, destination));

        try (CliThread run = CliThread.start(file, state())) {
            await().atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(
                            () ->
                                    destination
                                            .queryOne("SELECT count(*) FROM orders_copy")
                                            .equals("1"));
            assertThat(run.output())
                    .containsPattern("MAPPING +END +ENDPOINT +RESULT +WHAT TO DO\n")
                    .containsPattern("good +source +postgresql 127.0.0.1:\\d+/\\S+ +ok\n")
                    .containsPattern(
                            "narrow +destination +\\S+ \\S+ +to be mended +column \"total\": not in"
                                    + " \"public\".\"narrow\" \\(schema_change: fail\\); .* ADD COLUMN IF NOT EXISTS \"total\" numeric\n")
                    .containsPattern("away +source +postgresql 127.0.0.1:1/\\S+ +no answer +\\S")
                    .containsPattern("away +destination +\\S+ \\S+ +not looked at +its columns")
                    .contains("error: mappings[1].destination.table: ");

            eventually(
                    () -> {
                        JsonNode narrow = mapping(file, 1);
                        assertThat(narrow.path("state").asText()).isEqualTo("quarantined");
                        assertThat(narrow.path("cause").asText()).contains("\"total\"");
                        assertThat(narrow.path("since").asText()).isNotEmpty();
                        assertThat(narrow.path("next_try").asText()).isNotEmpty();
                        assertThat(Instant.parse(narrow.path("since").asText()))
                                .isBefore(Instant.now());
                        assertThat(Instant.parse(narrow.path("next_try").asText()))
                                .isAfter(Instant.EPOCH);
                    });
            // more consecutive failures than error_retry_attempts turn an outage into a quarantine
            eventually(
                    () -> {
                        JsonNode unreachable = mapping(file, 2);
                        assertThat(unreachable.path("state").asText()).isEqualTo("quarantined");
                        assertThat(unreachable.path("cause").asText()).contains("127.0.0.1:1");
                    });
            eventually(
                    () ->
                            assertThat(status(file, "table"))
                                    .containsPattern(
                                            "away: .*127.0.0.1:1.* \\(since \\S+Z, next try \\S+Z\\)"));

            run.interrupt();
            assertThat(run.await().exitCode()).isZero();
        }
    }

    private String fileWithProblems(Database source, Database destination) throws Exception {
        Path written =
                new EndToEndSetup(directory, source, destination)
                        .with(
                                """
                                global_sync:
                                  interval_seconds: 0.5
                                  error_retry_attempts: 1
                                  error_retry_delay: 0.2
                                """)
                        .mapping("good", "orders", "orders_copy")
                        .mapping("narrow", "orders", "narrow", "schema_change: fail\n")
                        .mapping("away", "orders", "away_copy")
                        .write();
        String text = Files.readString(written);
        int unreachable = text.indexOf("name: away");
        return text.substring(0, unreachable)
                + text.substring(unreachable).replaceFirst("port: \\d+", "port: 1");
    }

    /**
     * Each attempt must check a single response, because the status changes briefly during a retry.
     */
    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(TIMEOUT).untilAsserted(assertion);
    }

    private JsonNode mapping(Path file, int mapping) throws Exception {
        return new ObjectMapper().readTree(status(file, "json")).path("mappings").get(mapping);
    }

    private String status(Path file, String format) {
        return CliProcess.status(file, state(), format);
    }

    private Path state() {
        return directory.resolve("state");
    }
}
