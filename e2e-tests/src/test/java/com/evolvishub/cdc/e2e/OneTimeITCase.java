package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Repeated runs of a file whose mappings are {@code one_time}. */
class OneTimeITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    @TempDir private Path directory;
    private Database source;
    private Database destination;
    private EndToEndSetup setup;

    @BeforeEach
    void createSource(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, 'note ' || i, timestamptz '2024-01-01' + i / 10 * interval"
                        + " '1 s' FROM generate_series(1, 5000) i",
                "CREATE VIEW keyless AS SELECT note, at FROM orders");
        setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .mapping("keyed", "orders", "orders_copy", WATERMARK)
                        .mapping("appended", "keyless", "appended_copy", WATERMARK)
                        .mapping("compared", "orders", "compared_copy");
    }

    @Test
    void exitsWithZeroWhenAllRowsAreDelivered() {
        CliProcess.Ended ended = setup.run();

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertCopiesEqual();
    }

    @Test
    void resumesFromTheLastPosition() throws Exception {
        setup.runInThisJvm();
        source.execute(
                "UPDATE orders SET note = 'changed', at = now() WHERE id <= 10",
                "INSERT INTO orders VALUES (5001, 'new', now())",
                "DELETE FROM orders WHERE id = 4000");

        CliProcess.Ended ended = setup.runInThisJvm();

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(EndToEndSetup.content(destination, "compared_copy", "id, note, at"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note, at"));
        assertThat(destination.queryOne("SELECT note FROM orders_copy WHERE id = 7"))
                .isEqualTo("changed");
        assertThat(destination.queryOne("SELECT count(*) FROM appended_copy")).isEqualTo("5011");
        JsonNode status = setup.status();
        assertThat(status.path("summary").path("is_running").asBoolean()).isFalse();
        assertThat(status.path("mappings").get(1).path("rows_written").asLong()).isEqualTo(5011);
    }

    @Test
    void deliversEachRowOnceWithAnyNumberOfWorkers() {
        for (String[] placement :
                new String[][] {{"--sequential"}, {"--workers", "1"}, {"--workers", "5"}}) {
            CliProcess.Ended ended = setup.runInThisJvm(placement);
            assertThat(ended.exitCode()).as(ended.output()).isZero();
            assertCopiesEqual();
        }
    }

    @Test
    void runsMappingsInTheFilesOrderIfSequential() {
        destination.execute(
                "CREATE TABLE orders_copy (id int PRIMARY KEY, note text, at timestamptz,"
                        + " came timestamptz DEFAULT clock_timestamp())",
                "CREATE TABLE appended_copy (note text, at timestamptz,"
                        + " came timestamptz DEFAULT clock_timestamp())",
                "CREATE TABLE compared_copy (id int PRIMARY KEY, note text, at timestamptz,"
                        + " came timestamptz DEFAULT clock_timestamp())");

        CliProcess.Ended ended = setup.runInThisJvm("--sequential");

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertCopiesEqual();
        assertThat(
                        destination.queryOne(
                                "SELECT (SELECT max(came) FROM orders_copy) < (SELECT min(came) FROM appended_copy)"
                                        + " AND (SELECT max(came) FROM appended_copy) < (SELECT min(came) FROM compared_copy)"))
                .isIn("t", "true");
    }

    @Test
    void keepsTheStateOfMappingsThatAreNotSelected() {
        setup.runInThisJvm();
        source.execute("INSERT INTO orders VALUES (5001, 'new', now())");

        setup.runInThisJvm("--mapping", "keyed");
        assertThat(destination.queryOne("SELECT count(*) FROM orders_copy")).isEqualTo("5001");
        assertThat(destination.queryOne("SELECT count(*) FROM appended_copy")).isEqualTo("5000");

        setup.runInThisJvm();
        assertCopiesEqual();
    }

    private void assertCopiesEqual() {
        assertThat(EndToEndSetup.content(destination, "orders_copy", "id, note, at"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note, at"));
        assertThat(EndToEndSetup.content(destination, "compared_copy", "id, note, at"))
                .isEqualTo(EndToEndSetup.content(source, "orders", "id, note, at"));
        assertThat(EndToEndSetup.content(destination, "appended_copy", "note, at"))
                .isEqualTo(EndToEndSetup.content(source, "keyless", "note, at"));
    }
}
