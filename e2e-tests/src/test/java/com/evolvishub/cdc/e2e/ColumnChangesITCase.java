package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Changes columns and types at the source while the job runs. */
class ColumnChangesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    @TempDir private Path directory;
    private Database source;
    private Database destination;
    private EndToEndSetup setup;

    @BeforeEach
    void createOrders(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        destination.execute("CREATE SCHEMA app");
        source.execute(
                "CREATE SCHEMA app",
                "CREATE TYPE app.mood AS ENUM ('so so', 'fine')",
                "CREATE TABLE orders (id int PRIMARY KEY, total int, at timestamptz NOT NULL DEFAULT"
                        + " clock_timestamp())",
                "INSERT INTO orders VALUES (1, 10)");
        setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .mapping("watermark", "orders", "by_watermark", WATERMARK)
                        .mapping("diff", "orders", "by_diff")
                        .mapping("ignoring", "orders", "ignoring", "schema_change: ignore");
    }

    private void awaitRows(String table, String columns, String... rows) {
        await(table)
                .atMost(TIMEOUT)
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(
                                                destination.queryAll(
                                                        "SELECT concat_ws('|', %s) FROM %s ORDER BY id"
                                                                .formatted(columns, table)))
                                        .isEqualTo(List.of(rows).stream().map(List::of).toList()));
    }

    @Test
    void theDestinationFollowsColumnChanges() {
        try (CliProcess process = setup.start()) {
            for (String table : List.of("by_watermark", "by_diff", "ignoring")) {
                awaitRows(table, "id, total", "1|10");
            }
            source.execute(
                    "ALTER TABLE orders ADD mood app.mood",
                    "INSERT INTO orders VALUES (2, 20, clock_timestamp(), 'so so')");
            awaitRows("by_watermark", "id, total, mood", "1|10", "2|20|so so");
            awaitRows("by_diff", "id, total, mood", "1|10", "2|20|so so");
            awaitRows("ignoring", "id, total", "1|10", "2|20");

            source.execute(
                    "ALTER TABLE orders DROP mood",
                    "INSERT INTO orders VALUES (3, 30, clock_timestamp())");
            awaitRows("by_watermark", "id, total, mood", "1|10", "2|20|so so", "3|30");
            awaitRows("by_diff", "id, total", "1|10", "2|20", "3|30");

            source.execute(
                    "ALTER TABLE orders ALTER total TYPE bigint",
                    "INSERT INTO orders VALUES (4, 40000000000, clock_timestamp())");
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () ->
                                    assertThat(process.output())
                                            .contains(
                                                    "ALTER TABLE \"public\".\"by_watermark\" ALTER"
                                                            + " COLUMN \"total\" TYPE bigint"));
        }
        destination.execute(
                "ALTER TABLE \"public\".\"by_watermark\" ALTER COLUMN \"total\" TYPE bigint",
                "ALTER TABLE by_diff ALTER total TYPE bigint");
        try (CliThread again = setup.startInThisJvm()) {
            awaitRows("by_watermark", "id, total", "1|10", "2|20", "3|30", "4|40000000000");
            awaitRows("by_diff", "id, total", "1|10", "2|20", "3|30", "4|40000000000");
            assertThat(again.isRunning()).isTrue();
        }
    }
}
