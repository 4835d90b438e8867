package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PostgresSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void readsExistingRowsAndThenNewOnes(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text, at timestamptz NOT NULL)",
                "INSERT INTO orders VALUES (2, 'two', '2024-01-01 00:00:00.000002+00'),"
                        + " (1, 'one', '2024-01-01 00:00:00.000001+00')");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .build());

        awaitRows(
                running,
                "UPSERT 1\tone\t2024-01-01 00:00:00.000001+00",
                "UPSERT 2\ttwo\t2024-01-01 00:00:00.000002+00");

        source.execute(
                "UPDATE orders SET item = 'zwei', at = '2024-01-02 00:00:00+00' WHERE id = 2");
        awaitRows(
                running,
                "UPSERT 1\tone\t2024-01-01 00:00:00.000001+00",
                "UPSERT 2\ttwo\t2024-01-01 00:00:00.000002+00",
                "UPSERT 2\tzwei\t2024-01-02 00:00:00+00");
    }

    @Test
    void resumesInsideATieAfterAFailure(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, at timestamp NOT NULL)",
                "INSERT INTO orders SELECT n, '2024-01-01' FROM generate_series(1, 20000) n");
        Pipeline pipeline =
                PipelineBuilder.table(source, "orders")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .pageRows(500)
                        .build();
        PipelineKey key = PipelineTestCluster.newKey(pipeline);
        CollectingOperator.collected(key).failsAt.set(12_345);
        RunningPipeline running = CLUSTER.run(pipeline, key);

        await().atMost(TIMEOUT).until(() -> running.rows().size() >= 20_000);
        assertThat(running.collected().attempts).hasValue(2);
        assertThat(running.rows())
                .isEqualTo(
                        IntStream.rangeClosed(1, 20_000)
                                .mapToObj(n -> "UPSERT " + n + "\t2024-01-01 00:00:00")
                                .toList());
    }

    @Test
    void resumesInsideATieOfRowsWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE visits (page int, at timestamp)",
                // each row twice: equal rows are two rows
                "INSERT INTO visits SELECT n / 2, '2024-01-01' FROM generate_series(0, 19999) n");
        Pipeline pipeline =
                PipelineBuilder.table(source, "visits")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .pageRows(500)
                        .build();
        PipelineKey key = PipelineTestCluster.newKey(pipeline);
        CollectingOperator.collected(key).failsAt.set(12_345);
        RunningPipeline running = CLUSTER.run(pipeline, key);

        await().atMost(TIMEOUT).until(() -> running.rows().size() >= 20_000);
        assertThat(running.collected().attempts).hasValue(2);
        assertThat(running.rows())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20_000)
                                .mapToObj(n -> "INSERT " + n / 2 + "\t2024-01-01 00:00:00")
                                .toList());
    }

    @Test
    void resumesFromASavepointWithoutSendingRowsAgain(
            @FreshDatabase Database source, @TempDir Path folder) throws Exception {
        source.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, item text)",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two')");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .build());
        awaitRows(running, "UPSERT 1\tone", "UPSERT 2\ttwo");
        String savepoint = running.stopWithSavepoint(folder);
        source.execute("INSERT INTO orders VALUES (3, 'three')");

        RunningPipeline restored = running.restored(savepoint);
        awaitRows(restored, "UPSERT 1\tone", "UPSERT 2\ttwo", "UPSERT 3\tthree");
        await().untilAsserted(() -> assertThat(newRowsRead(restored)).isEqualTo(1));
    }

    @Test
    void sendsEveryCellUnchanged(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE \"Or.der\" (\"I\"\"d\" int PRIMARY KEY, \"ein Text\" text, \"group\" bytea,"
                        + " n numeric, d double precision, t timestamptz)",
                "INSERT INTO \"Or.der\" VALUES (1, '', '', 'NaN', 0.1, 'infinity'),"
                        + " (2, NULL, NULL, NULL, NULL, NULL),"
                        + " (3, E'a\\\\b\\tc\\nd\\re', '\\x00ff', 1.000, '-Infinity', '0044-03-15 BC'),"
                        + " (4, '\\N', '\\x', 1e-20, 1e300, '-infinity')");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "Or.der")
                                .watermark("I\"d", WatermarkType.INTEGER)
                                .build());

        awaitRows(
                running,
                "UPSERT 1\t\t\\\\x\tNaN\t0.1\tinfinity",
                "UPSERT 2\t\\N\t\\N\t\\N\t\\N\t\\N",
                "UPSERT 3\ta\\\\b\\tc\\nd\\re\t\\\\x00ff\t1.000\t-Infinity\t0044-03-15 00:00:00+00 BC",
                "UPSERT 4\t\\\\N\t\\\\x\t0.00000000000000000001\t1e+300\t-infinity");
    }

    @Test
    void readsAViewOverAJoinByTheDestinationsKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE customers (id int PRIMARY KEY, name text)",
                "CREATE TABLE orders (id int PRIMARY KEY, customer int, at timestamptz)",
                "CREATE VIEW totals AS SELECT c.id AS customer_id, c.name, count(*) AS orders,"
                        + " max(o.at) AS last FROM customers c JOIN orders o ON o.customer = c.id"
                        + " GROUP BY c.id",
                "INSERT INTO customers VALUES (1, 'ada'), (2, 'bob')",
                "INSERT INTO orders VALUES (1, 1, '2024-01-01 00:00+00'), (2, 2, '2024-01-02 00:00+00'),"
                        + " (3, 1, '2024-01-02 00:00+00')");
        RunningPipeline running =
                CLUSTER.runInto(
                        PipelineBuilder.table(source, "totals")
                                .rename("customer_id", "customer_key")
                                .watermark("last", WatermarkType.TIMESTAMP)
                                .build(),
                        List.of("customer_key"));

        awaitRows(
                running,
                "UPSERT 1\tada\t2\t2024-01-02 00:00:00+00",
                "UPSERT 2\tbob\t1\t2024-01-02 00:00:00+00");
        source.execute("INSERT INTO orders VALUES (4, 2, '2024-01-03 00:00+00')");
        awaitRows(
                running,
                "UPSERT 1\tada\t2\t2024-01-02 00:00:00+00",
                "UPSERT 2\tbob\t1\t2024-01-02 00:00:00+00",
                "UPSERT 2\tbob\t2\t2024-01-03 00:00:00+00");
    }

    @Test
    void aFutureRowIsSentAndDoesNotMoveThePosition(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO orders VALUES (1, '2999-01-01 00:00+00'), (2, '2024-01-01 00:00+00')");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .build());
        awaitRows(running, "UPSERT 2\t2024-01-01 00:00:00+00", "UPSERT 1\t2999-01-01 00:00:00+00");

        source.execute("INSERT INTO orders VALUES (3, '2024-01-02 00:00+00')");
        awaitRows(
                running,
                "UPSERT 2\t2024-01-01 00:00:00+00",
                "UPSERT 1\t2999-01-01 00:00:00+00",
                "UPSERT 3\t2024-01-02 00:00:00+00");
    }

    @Test
    void neverSelectsAnExcludedColumn() throws Exception {
        try (PostgresServer server = PostgresServer.builder().logsStatements().start()) {
            Database source = server.createDatabase("shop");
            source.execute(
                    "CREATE TABLE people (id int PRIMARY KEY, name text, secret_number text)",
                    "INSERT INTO people VALUES (1, 'ada', '123-45-6789')");
            long before = Files.size(server.logFile());
            RunningPipeline running =
                    CLUSTER.run(
                            PipelineBuilder.table(source, "people")
                                    .exclude("secret_number")
                                    .build());
            awaitRows(running, "INSERT 1\tada");
            running.cancel();

            String log = Files.readString(server.logFile()).substring((int) before);
            assertThat(log)
                    .containsPattern(
                            "COPY \\(SELECT .*\"id\", .* ELSE \"name\" END .* FROM \"people\"")
                    .doesNotContain("secret_number", "123-45-6789");
        }
    }

    /**
     * Rows read in this attempt, without those dropped as unchanged; too high while a row is being
     * compared.
     */
    static long newRowsRead(RunningPipeline running) {
        PipelineStatus status = running.collected().gate.status();
        return status.rowsRead.get() - status.rowsUnchanged.get();
    }

    static void awaitRows(RunningPipeline running, String... rows) {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(running.rows()).isEqualTo(List.of(rows)));
    }
}
