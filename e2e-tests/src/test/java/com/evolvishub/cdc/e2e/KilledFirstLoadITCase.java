package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kills a run in the middle of a first load, then runs the same command again. */
class KilledFirstLoadITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int ROWS = Integer.getInteger("road.rows", 100_000);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    @TempDir private Path directory;

    @Test
    void resumesALoadWithAKey(@FreshDatabase Database source, @FreshDatabase Database destination)
            throws Exception {
        createOrders(source, destination, "id int PRIMARY KEY");
        killAndRunAgain(source, destination);
    }

    @Test
    void resumesALoadWithoutAKeyAndAppendsEachRowOnce(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        createOrders(source, destination, "id int");
        killAndRunAgain(source, destination);
    }

    private void createOrders(Database source, Database destination, String idColumn) {
        String columns = " (%s, note text, at timestamptz NOT NULL)".formatted(idColumn);
        source.execute(
                "CREATE TABLE orders" + columns,
                // a hundred rows share a watermark
                "INSERT INTO orders SELECT i, repeat('x', i %% 200), timestamptz '2024-01-01' + i / 100 * interval '1 s' FROM generate_series(1, %d) i"
                        .formatted(ROWS));
        destination.execute(
                "CREATE TABLE copy" + columns,
                "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END'",
                "CREATE TRIGGER gate AFTER INSERT ON copy FOR EACH ROW WHEN (NEW.id = %d)"
                                .formatted(ROWS / 2)
                        + " EXECUTE FUNCTION wait_at_gate()");
    }

    private void killAndRunAgain(Database source, Database destination) throws Exception {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .mapping("orders", "orders", "copy", WATERMARK);
        long before;
        // the lock blocks the second half of the rows, so the kill always comes in the middle
        try (Connection gate = destination.connect();
                Statement hold = gate.createStatement()) {
            hold.execute("SELECT pg_advisory_lock(1)");
            try (CliProcess first = setup.start()) {
                await().atMost(Duration.ofMinutes(5))
                        .until(() -> !first.isRunning() || copied(destination) > 0);
                first.kill();
            }
            before = copied(destination);
        }
        assertThat(before).as("rows there at the kill").isBetween(1L, ROWS - 1L);

        CliProcess.Ended second = setup.runInThisJvm();

        assertThat(second.exitCode()).as(second.output()).isZero();
        assertThat(EndToEndSetup.content(destination, "copy", "id, note, at"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note, at"));
        long read = setup.status().path("mappings").get(0).path("rows_read").asLong();
        // the sum of both runs: the second run reads only the rows with the last watermark again
        assertThat(read).isBetween((long) ROWS, ROWS + 200L);
    }

    private static long copied(Database destination) {
        return Long.parseLong(destination.queryOne("SELECT count(*) FROM copy"));
    }
}
