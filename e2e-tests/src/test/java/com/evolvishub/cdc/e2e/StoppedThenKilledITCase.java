package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run that resumes from the savepoint of a stopped one and is killed. */
class StoppedThenKilledITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;

    @Test
    void resumesFromTheCheckpointAfterTheSavepoint(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        // so many rows that their hashes are in state files and not in the checkpoint's metadata
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 10000) i");
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .mapping("orders", "orders", "copy");
        CliProcess.Ended first = setup.runInThisJvm("--mode", "one_time");
        assertThat(first.exitCode()).as(first.output()).isZero();

        source.execute("INSERT INTO orders VALUES (10001, 'before the kill')");
        try (CliProcess second = setup.start()) {
            await().atMost(Duration.ofMinutes(5))
                    .until(
                            () ->
                                    !second.isRunning()
                                            || (copied(destination) > 10_000
                                                    && checkpointExists()));
            assertThat(second.isRunning()).as(second.output()).isTrue();
            second.kill();
        }
        source.execute("DELETE FROM orders WHERE id <= 100");

        CliProcess.Ended third = setup.run("--mode", "one_time");

        assertThat(third.exitCode()).as(third.output()).isZero();
        assertThat(EndToEndSetup.content(destination, "copy", "id, note"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note"));
    }

    private static long copied(Database destination) {
        return Long.parseLong(destination.queryOne("SELECT count(*) FROM copy"));
    }

    /** Whether a checkpoint exists. */
    private boolean checkpointExists() {
        Path checkpoints = directory.resolve(".evolvishub-cdc/road/checkpoints");
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        } catch (IOException | UncheckedIOException changing) {
            return false;
        }
    }
}
