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

/** Any relation that can be read, by any type that sorts. */
class WatermarkTypesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** More than are remembered on the heap. */
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
    void aWatermarkOfAnyTypeGoesOnOverCrashes(
            String type, String value, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE DOMAIN moment AS timestamptz",
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 1, 40, value);
        try (SourceTestHarness lane =
                new SourceTestHarness(watermark(source, "t").pageRows(7).build())) {
            for (int round = 1; round <= 3; round++) {
                lane.finishPolls(1);
                insert(source, 40 * round + 1, 40 * round + 40, value);
                for (int i = 0; i < 20; i++) {
                    lane.step();
                }
                lane.takeCheckpoint();
                lane.step();
                lane.crash();
            }
            lane.finishPolls(2);
            assertThat(ids(lane)).hasSize(160).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW r AS SELECT * FROM t",
                "CREATE MATERIALIZED VIEW r AS SELECT * FROM t",
                "CREATE TABLE r PARTITION OF t DEFAULT",
            })
    void aRelationOfAnyKindIsRead(String definition, @FreshDatabase Database source)
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
        try (SourceTestHarness lane =
                        new SourceTestHarness(watermark(source, "r").key("id").build());
                SourceTestHarness parent =
                        new SourceTestHarness(watermark(source, "t").key("id").build())) {
            lane.finishPolls(1);
            insert(source, 16, 20, "now()");
            if (stale) {
                source.execute("REFRESH MATERIALIZED VIEW r");
            }
            lane.finishPolls(1);
            parent.finishPolls(1);

            List<String> expected =
                    source.queryAll("SELECT id FROM r").stream().map(row -> row.get(0)).toList();
            assertThat(ids(lane)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(ids(parent)).hasSize(16).doesNotHaveDuplicates();
        }
    }

    @Test
    void aWatermarkThatGoesBackwardIsSeenWithinTheLookBack(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, v int, at timestamptz)");
        source.execute("INSERT INTO t VALUES (1, 1, now()), (2, 1, now() - interval '3 s')");
        try (SourceTestHarness lane = new SourceTestHarness(watermark(source, "t").build())) {
            lane.finishPolls(1);
            source.execute("UPDATE t SET v = 2, at = at - interval '4 s' WHERE id = 1");
            lane.finishPolls(3);

            assertThat(lane.rows()).hasSize(3);
            assertThat(lane.rows().get(2)).startsWith("UPSERT 1\t2\t");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint", "text"})
    void thePositionDoesNotGoBackWhenTheTopRowIsDeleted(String type, @FreshDatabase Database source)
            throws Exception {
        String value =
                switch (type) {
                    case "timestamptz" -> "now() - interval '1 hour' + n * interval '1 min'";
                    case "text" -> "lpad(n::text, 9, '0')";
                    default -> "n";
                };
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 1, 9, value);
        try (SourceTestHarness lane = new SourceTestHarness(watermark(source, "t").build())) {
            lane.finishPolls(1);
            WatermarkPosition before = lane.position().highWatermark();
            source.execute("DELETE FROM t WHERE id >= 5");
            lane.finishPolls(2);
            lane.takeCheckpoint();
            lane.crash();
            source.execute("TRUNCATE t");
            lane.finishPolls(2);
            assertThat(lane.position().highWatermark()).isEqualTo(before);

            insert(source, 10, 11, value);
            lane.finishPolls(1);
            assertThat(ids(lane)).hasSize(11).endsWith("10", "11");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIMARY KEY", "NOT NULL"})
    void aGreatTieComesOnceOverACrashInItsMiddleAndMayGrowLater(
            String key, @FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at timestamptz)");
        insert(source, 1, TIE, "'2024-01-01'::timestamptz");
        try (SourceTestHarness lane =
                new SourceTestHarness(watermark(source, "t").pageRows(3000).build())) {
            while (lane.sent().size() < TIE / 3) {
                lane.step();
            }
            lane.takeCheckpoint();
            while (lane.sent().size() < TIE / 2) {
                lane.step();
            }
            lane.crash();
            lane.finishPolls(1);
            assertThat(ids(lane)).hasSize(TIE).doesNotHaveDuplicates();
            lane.takeCheckpoint();

            // not at rest yet: what joins the tie is found, and all of it is remembered
            insert(source, TIE + 1, TIE + 10, "'2024-01-01'::timestamptz");
            lane.finishPolls(1);
            lane.crash();
            lane.finishPolls(1);
            assertThat(ids(lane)).hasSize(TIE + 10).doesNotHaveDuplicates();
        }
    }

    private static PipelineBuilder watermark(Database source, String relation) {
        return PipelineBuilder.table(source, relation)
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .lookingBack(Duration.ofMinutes(10))
                .polling();
    }

    private static void insert(Database source, int from, int to, String value) {
        source.execute(
                "INSERT INTO t SELECT n, %s FROM generate_series(%d, %d) n"
                        .formatted(value, from, to));
    }

    private static List<String> ids(SourceTestHarness lane) {
        return lane.cells(0);
    }
}
