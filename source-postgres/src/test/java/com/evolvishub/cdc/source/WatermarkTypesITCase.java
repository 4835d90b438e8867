package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any readable relation with a watermark of any sortable type. */
class WatermarkTypesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** More rows than the dedupe state keeps on the heap. */
    private static final int TIE = 12_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "timestamptz  | '2024-01-01'::timestamptz + n * interval '1 min'",
                "moment       | '2024-01-01'::timestamptz + n * interval '1 min'",
                "timestamp    | '2024-01-01'::timestamp + n * interval '0.000001 s'",
                "timestamp(0) | '2024-01-01'::timestamp + n * interval '1 s'",
                "date         | '2024-01-01'::date + n",
                "smallint     | n",
                "bigint       | n * 1000000000000",
                "numeric      | n / 7.0",
                "numeric(6,2) | n",
                "xid8         | n::text::xid8",
                "uuid         | lpad(n::text, 32, '0')::uuid",
                "text         | lpad(n::text, 9, '0')",
                "real         | n + 0.5",
                "float8       | n / 3.0",
                "inet         | '10.0.0.0'::inet + n",
                "time         | '00:00'::time + n * interval '1 s'",
                "interval     | n * interval '1 hour'",
            })
    void resumesAfterCrashesWithAWatermarkOfAnyType(
            String type, String value, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE DOMAIN moment AS timestamptz",
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 1, 40, value);
        try (SourceTestHarness harness =
                new SourceTestHarness(watermark(source, "t").pageRows(7).build())) {
            for (int round = 1; round <= 3; round++) {
                harness.finishPolls(1);
                insert(source, 40 * round + 1, 40 * round + 40, value);
                for (int i = 0; i < 20; i++) {
                    harness.step();
                }
                harness.takeCheckpoint();
                harness.step();
                harness.crash();
            }
            harness.finishPolls(2);
            assertThat(ids(harness)).hasSize(160).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW r AS SELECT * FROM t",
                "CREATE MATERIALIZED VIEW r AS SELECT * FROM t",
                "CREATE TABLE r PARTITION OF t DEFAULT",
            })
    void readsARelationOfAnyKind(String definition, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int, at timestamptz) PARTITION BY RANGE (id)",
                "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10)");
        boolean stale = definition.contains("MATERIALIZED");
        if (!definition.contains("DEFAULT")) {
            source.execute("CREATE TABLE high PARTITION OF t DEFAULT");
        } else {
            source.execute(definition);
        }
        insert(source, 5, 15, "now()");
        if (!definition.contains("DEFAULT")) {
            source.execute(definition);
        }
        try (SourceTestHarness harness =
                        new SourceTestHarness(watermark(source, "r").key("id").build());
                SourceTestHarness parent =
                        new SourceTestHarness(watermark(source, "t").key("id").build())) {
            harness.finishPolls(1);
            insert(source, 16, 20, "now()");
            if (stale) {
                source.execute("REFRESH MATERIALIZED VIEW r");
            }
            harness.finishPolls(1);
            parent.finishPolls(1);

            List<String> expected =
                    source.queryAll("SELECT id FROM r").stream().map(row -> row.get(0)).toList();
            assertThat(ids(harness)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(ids(parent)).hasSize(16).doesNotHaveDuplicates();
        }
    }

    @Test
    void findsAWatermarkThatDecreasesWithinTheLookback(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v int, at timestamptz)");
        source.execute("INSERT INTO t VALUES (1, 1, now()), (2, 1, now() - interval '3 s')");
        try (SourceTestHarness harness = new SourceTestHarness(watermark(source, "t").build())) {
            harness.finishPolls(1);
            source.execute("UPDATE t SET v = 2, at = at - interval '4 s' WHERE id = 1");
            harness.finishPolls(3);

            assertThat(harness.rows()).hasSize(3);
            assertThat(harness.rows().get(2)).startsWith("UPSERT 1\t2\t");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint", "text"})
    void thePositionDoesNotDecreaseWhenTheHighestRowIsDeleted(
            String type, @FreshDatabase Database source) throws Exception {
        String value =
                switch (type) {
                    case "timestamptz" -> "now() - interval '1 hour' + n * interval '1 min'";
                    case "text" -> "lpad(n::text, 9, '0')";
                    default -> "n";
                };
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 1, 9, value);
        try (SourceTestHarness harness = new SourceTestHarness(watermark(source, "t").build())) {
            harness.finishPolls(1);
            WatermarkPosition before = harness.position().highWatermark();
            source.execute("DELETE FROM t WHERE id >= 5");
            harness.finishPolls(2);
            harness.takeCheckpoint();
            harness.crash();
            source.execute("TRUNCATE t");
            harness.finishPolls(2);
            assertThat(harness.position().highWatermark()).isEqualTo(before);

            insert(source, 10, 11, value);
            harness.finishPolls(1);
            assertThat(ids(harness)).hasSize(11).endsWith("10", "11");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIMARY KEY", "NOT NULL"})
    void sendsALargeTieOnceDespiteACrashAndLaterGrowth(String key, @FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at timestamptz)");
        insert(source, 1, TIE, "'2024-01-01'::timestamptz");
        try (SourceTestHarness harness =
                new SourceTestHarness(watermark(source, "t").pageRows(3000).build())) {
            while (harness.sent().size() < TIE / 3) {
                harness.step();
            }
            harness.takeCheckpoint();
            while (harness.sent().size() < TIE / 2) {
                harness.step();
            }
            harness.crash();
            harness.finishPolls(1);
            assertThat(ids(harness)).hasSize(TIE).doesNotHaveDuplicates();
            harness.takeCheckpoint();

            // not settled yet: rows added to the tie are found, and all its rows are in the dedupe
            // state
            insert(source, TIE + 1, TIE + 10, "'2024-01-01'::timestamptz");
            harness.finishPolls(1);
            harness.crash();
            harness.finishPolls(1);
            assertThat(ids(harness)).hasSize(TIE + 10).doesNotHaveDuplicates();
        }
    }

    private static PipelineBuilder watermark(Database source, String relation) {
        return PipelineBuilder.table(source, relation)
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .lookback(Duration.ofMinutes(10))
                .polling();
    }

    private static void insert(Database source, int from, int to, String value) {
        source.execute(
                "INSERT INTO t SELECT n, %s FROM generate_series(%d, %d) n"
                        .formatted(value, from, to));
    }

    private static List<String> ids(SourceTestHarness harness) {
        return harness.cells(0);
    }
}
