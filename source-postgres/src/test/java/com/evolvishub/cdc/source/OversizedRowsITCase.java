package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.RowSizeGuard;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OversizedRowsITCase {

    private static final long LIMIT = 100_000;

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    @Test
    void aCellOf260MegabytesStopsItsMappingAndNotTheJob(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE VIEW t AS SELECT 1 AS id, 'small' AS a"
                        + " UNION ALL SELECT 2, repeat('x', 260000000)",
                "CREATE TABLE others (id int PRIMARY KEY)",
                "INSERT INTO others VALUES (7)");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "t").key("id").build());
        RunningPipeline other = CLUSTER.run(PipelineBuilder.table(source, "others").build());

        awaitCause(running, "a row (id = 2) has 260,000,000 bytes, more than max_row_bytes (");
        await().untilAsserted(() -> assertThat(other.rows()).containsExactly("INSERT 7"));
    }

    /**
     * The second row exceeds the limit with each of these values; the first and the third do not.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a text | repeat('x', 100001) | id = 2) has 100,001",
                "a bytea | decode(repeat('ff', 50001), 'hex') | id = 2) has 100,002",
                "a varchar, b varchar(200000) | repeat('x', 60000), repeat('y', 60000) | 120,000",
                // small on disk, large as text
                "a jsonb | jsonb_build_object('k', repeat('x', 200000)) | id = 2) has 200,",
                "a json | json_build_object('k', repeat('x', 200000)) | id = 2) has 200,",
                "a text[] | array_fill(repeat('x', 1000), '{200}') | id = 2) has 200,",
                "a int[] | array_fill(1234567, '{20000}') | id = 2) has 160,",
                "a text, b jsonb, c bytea | repeat('x', 50000),"
                        + " to_jsonb(repeat('y', 40000)), decode(repeat('00', 9000), 'hex')"
                        + " | id = 2) has 108,",
            })
    void measuresTheTextOfTheWholeRow(
            String columns, String values, String expectedCause, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, " + columns + ")",
                "INSERT INTO t (id) VALUES (1), (3)",
                "INSERT INTO t VALUES (2, " + values + ")",
                "CREATE VIEW v AS SELECT * FROM t");

        for (String relation : List.of("t", "v")) {
            RunningPipeline running =
                    CLUSTER.run(
                            PipelineBuilder.table(source, relation)
                                    .key("id")
                                    .maxRowBytes(LIMIT, BadRowPolicy.QUARANTINE)
                                    .build());
            awaitCause(running, expectedCause);
        }
    }

    @Test
    void rowsUpToTheLimitAreSent(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, a text, b jsonb)",
                "INSERT INTO t VALUES (1, repeat('x', 99000), '{}'), (2, '', '[1]'), (3, NULL, NULL)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "t")
                                .maxRowBytes(LIMIT, BadRowPolicy.QUARANTINE)
                                .build());
        await().untilAsserted(
                        () ->
                                assertThat(running.rows())
                                        .containsExactly(
                                                "INSERT 1\t" + "x".repeat(99000) + "\t{}",
                                                "INSERT 2\t\t[1]",
                                                "INSERT 3\t\\N\t\\N"));
    }

    @Test
    void aWatermarkReadStopsBeforeTheRow(@FreshDatabase Database source) throws Exception {
        fill(source);
        RunningPipeline running = CLUSTER.run(watermark(source, BadRowPolicy.QUARANTINE));
        awaitCause(running, "a row (id = 2) has 200,000 bytes, more than max_row_bytes (100,000)");
        // rows and the status arrive on different paths
        await().untilAsserted(() -> assertThat(keys(running)).containsExactly("1"));
    }

    @Test
    void aWatermarkReadSkipsTheRowWithPolicyDeadLetter(@FreshDatabase Database source)
            throws Exception {
        fill(source);
        RunningPipeline running = CLUSTER.run(watermark(source, BadRowPolicy.DEAD_LETTER));
        await().untilAsserted(() -> assertThat(keys(running)).containsExactly("1", "3"));

        source.execute("UPDATE t SET a = 'small', at = now() WHERE id = 2");
        await().untilAsserted(() -> assertThat(keys(running)).containsExactly("1", "3", "2"));
    }

    @Test
    void aQueryStopsOrSkipsTheRow(@FreshDatabase Database source) throws Exception {
        fill(source);
        RunningPipeline quarantining = CLUSTER.run(query(source, BadRowPolicy.QUARANTINE));
        RunningPipeline skipping = CLUSTER.run(query(source, BadRowPolicy.DEAD_LETTER));
        awaitCause(quarantining, "a row (id = 2) has 200,000 bytes");
        await().untilAsserted(() -> assertThat(keys(skipping)).containsExactly("1", "3"));
        awaitCause(skipping, "1 rows were left out because they are too large; the first: a row");
    }

    @Test
    void aDiffStopsAndDeletesNothing(@FreshDatabase Database source) throws Exception {
        fill(source);
        source.execute("UPDATE t SET a = 'small'");
        for (BadRowPolicy policy : BadRowPolicy.values()) {
            RunningPipeline running =
                    CLUSTER.run(
                            PipelineBuilder.table(source, "t").maxRowBytes(LIMIT, policy).build());
            await().untilAsserted(() -> assertThat(running.rows()).hasSize(3));
            source.execute("UPDATE t SET a = repeat('x', 200000) WHERE id = 2");
            awaitCause(running, "a row (id = 2) has 200,000 bytes");
            assertThat(running.rows()).noneMatch(row -> row.startsWith("DELETE"));
            source.execute("UPDATE t SET a = 'small'");
        }
    }

    @Test
    void reportsAnOversizedKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id text, n int)", "INSERT INTO t VALUES (repeat('x', 200000), 5)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "t")
                                .key("n", "id")
                                .maxRowBytes(LIMIT, BadRowPolicy.QUARANTINE)
                                .build());
        awaitCause(running, "a row (n = 5, id = (too large)) has 200,000 bytes");
    }

    @Test
    void evaluatesAnExpressionOfAViewOnce(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                // stable: the server may evaluate it wherever the column is referenced
                "CREATE FUNCTION slow(int) RETURNS text STABLE LANGUAGE sql AS"
                        + " 'SELECT count(*)::text FROM pg_class'",
                "CREATE VIEW v AS SELECT id, slow(id) AS a FROM t");
        RowSizeGuard guard =
                new RowSizeGuard(
                        LIMIT,
                        List.of("id", "a"),
                        List.of(RowSizeGuard.Measure.BOUNDED, RowSizeGuard.Measure.TEXT),
                        true);
        ScanSql sql =
                new ScanSql(new Relation.Table("", "v"), List.of("id", "a"), List.of("id"))
                        .withSizeGuard(guard);
        String plan =
                source.queryAll("EXPLAIN (VERBOSE, COSTS OFF) " + sql.all(placeholder -> ""))
                        .toString();
        // an expression in parentheses was evaluated by a lower plan node
        String evaluated = plan.replace("(slow(t.id))", "");
        assertThat(evaluated.split("slow\\(", -1)).as(plan).hasSize(2);
    }

    private static void fill(Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, a text)",
                "INSERT INTO t VALUES (1, now() - interval '3 h', 'small'),"
                        + " (2, now() - interval '2 h', repeat('x', 200000)),"
                        + " (3, now() - interval '1 h', 'small')");
    }

    private static Pipeline watermark(Database source, BadRowPolicy policy) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", WatermarkType.TIMESTAMP)
                .maxRowBytes(LIMIT, policy)
                .build();
    }

    private static Pipeline query(Database source, BadRowPolicy policy) {
        return PipelineBuilder.query(
                        source,
                        new PollQuery.Text("SELECT * FROM t WHERE at > "),
                        PollQuery.Placeholder.LAST_SYNC,
                        new PollQuery.Text(" OR at < now() ORDER BY id"))
                .key("id")
                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                .maxRowBytes(LIMIT, policy)
                .build();
    }

    private static List<String> keys(RunningPipeline running) {
        return running.rows().stream().map(row -> row.split("[ \t]", -1)[1]).toList();
    }

    private static void awaitCause(RunningPipeline running, String cause) {
        await().atMost(Duration.ofSeconds(60)).until(() -> running.collected().gate != null);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            var source = running.collected().gate.status().source();
                            assertThat(source.cause()).contains(cause);
                            assertThat(source.state()).isEqualTo(MappingState.QUARANTINED);
                        });
    }
}
