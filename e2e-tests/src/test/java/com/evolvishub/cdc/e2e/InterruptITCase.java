package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run that continues until it is stopped. */
class InterruptITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;

    @Test
    void savesItsStateOnSigtermAndPrintsHowToResume(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        source.execute(
                "CREATE TABLE events (note text, at timestamptz NOT NULL)",
                "INSERT INTO events SELECT 'note ' || i, now() FROM generate_series(1, 100) i");
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .mapping(
                                "events",
                                "events",
                                "events_copy",
                                "watermark:\n  column: at\n  type: timestamp\n");

        try (CliProcess running = setup.start()) {
            awaitRows(running, destination, 100);
            source.execute("INSERT INTO events VALUES ('late', now())");
            awaitRows(running, destination, 101);
            assertThat(setup.runInThisJvm().output()).contains("is in use by process");
            JsonNode live = setup.status();
            assertThat(live.path("summary").path("is_running").asBoolean()).isTrue();
            assertThat(live.path("mappings").get(0).path("state").asText())
                    .isIn("idle", "catching up");

            running.interrupt();
            CliProcess.Ended ended = running.await();

            assertThat(ended.exitCode()).as(ended.output()).isZero();
            assertThat(ended.output()).contains("State saved in", "goes on from there");
        }

        source.execute("INSERT INTO events VALUES ('while it was down', now())");
        try (CliThread again = setup.startInThisJvm()) {
            awaitRows(again, destination, 102);
            // printed once the job is running
            await().untilAsserted(() -> assertThat(again.output()).contains("Going on from"));
            again.interrupt();
            again.await();
        }
        assertThat(destination.queryOne("SELECT count(*) FROM events_copy")).isEqualTo("102");
    }

    private static void awaitRows(RunningCli process, Database destination, int rows) {
        await().atMost(Duration.ofMinutes(5))
                .untilAsserted(
                        () -> {
                            assertThat(process.isRunning()).as(process.output()).isTrue();
                            assertThat(destination.queryOne("SELECT to_regclass('events_copy')"))
                                    .isNotNull();
                            assertThat(destination.queryOne("SELECT count(*) FROM events_copy"))
                                    .isEqualTo(Integer.toString(rows));
                        });
    }
}
