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

/** A run that went on from what a stopped one has saved, and is killed. */
class StoppedThenKilledITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path folder;

    @Test
    void goesOnFromTheCheckpointsThatCameAfterTheSavedState(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        // so many that their hashes are files of their own, and no part of a checkpoint's metadata
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 10000) i");
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .mapping("orders", "orders", "copy");
        CliProcess.Ended first = road.runInThisJvm("--mode", "one_time");
        assertThat(first.exitCode()).as(first.output()).isZero();

        source.execute("INSERT INTO orders VALUES (10001, 'before the kill')");
        try (CliProcess second = road.start()) {
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> !second.isRunning() || (copied(destination) > 10_000 && kept()));
            assertThat(second.isRunning()).as(second.output()).isTrue();
            second.kill();
        }
        source.execute("DELETE FROM orders WHERE id <= 100");

        CliProcess.Ended third = road.run("--mode", "one_time");

        assertThat(third.exitCode()).as(third.output()).isZero();
        assertThat(EndToEndSetup.content(destination, "copy", "id, note"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note"));
    }

    private static long copied(Database destination) {
        return Long.parseLong(destination.queryOne("SELECT count(*) FROM copy"));
    }

    /** Whether a checkpoint is there. */
    private boolean kept() {
        Path checkpoints = folder.resolve(".evolvishub-cdc/road/checkpoints");
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        } catch (IOException | UncheckedIOException changing) {
            return false;
        }
    }
}
