package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that the database treats as equal, with different text representations. */
class EqualValuesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** Crashes during the read of the tie, after each of its rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "numeric | CASE WHEN n % 2 = 0 THEN '1.0' ELSE '1.00' END",
                "float8 | CASE WHEN n % 2 = 0 THEN '0' ELSE '-0' END",
                "text COLLATE same | CASE WHEN n % 2 = 0 THEN 'a' ELSE 'A' END",
                "interval | CASE WHEN n % 2 = 0 THEN '1 day' ELSE '24:00:00' END",
            })
    void sendsATieOfSeveralTextsOnceDespiteACrash(String watermark, @FreshDatabase Database source)
            throws Exception {
        fill(source, watermark);
        for (String key : new String[] {"", "id"}) {
            for (int crashAfter = 1; crashAfter <= 5; crashAfter++) {
                PipelineBuilder builder = watermark(source).pageRows(1);
                if (!key.isEmpty()) {
                    builder.key(key);
                }
                try (SourceTestHarness harness = new SourceTestHarness(builder.build())) {
                    while (harness.sent().size() < crashAfter) {
                        harness.step();
                    }
                    harness.takeCheckpoint();
                    harness.step();
                    harness.crash();
                    harness.finishPolls(3);
                    assertThat(harness.cells(0))
                            .as("key %s, crash after %d", key, crashAfter)
                            .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "numeric | CASE WHEN n % 2 = 0 THEN '1.0' ELSE '1.00' END",
                "text COLLATE same | CASE WHEN n % 2 = 0 THEN 'a' ELSE 'A' END",
            })
    void sendsOnlyNewRowsOfAGrowingTieOfSeveralTexts(
            String watermark, @FreshDatabase Database source) throws Exception {
        fill(source, watermark);
        try (SourceTestHarness harness =
                new SourceTestHarness(watermark(source).key("id").build())) {
            harness.finishPolls(2);
            source.execute("INSERT INTO t SELECT id + 6, at FROM t");
            harness.finishPolls(3);

            assertThat(harness.cells(0)).hasSize(12).doesNotHaveDuplicates();
        }
    }

    /** The key is not unique, which a view cannot show. */
    @Test
    void aResumedReadSkipsNoKeyEqualToItsPosition(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id numeric, at timestamptz)",
                "INSERT INTO t SELECT v::numeric, '2024-01-01' FROM"
                        + " unnest(ARRAY['1.0', '1.00', '1.000', '2']) v");
        for (int crashAfter = 1; crashAfter <= 3; crashAfter++) {
            try (SourceTestHarness harness =
                    new SourceTestHarness(watermark(source).key("id").pageRows(1).build())) {
                while (harness.sent().size() < crashAfter) {
                    harness.step();
                }
                harness.takeCheckpoint();
                harness.crash();
                harness.finishPolls(2);
                assertThat(harness.cells(0)).containsExactlyInAnyOrder("1.0", "1.00", "1.000", "2");
            }
        }
    }

    private static void fill(Database source, String watermark) {
        String[] parts = watermark.split(" \\| ", -1);
        source.execute(
                "CREATE COLLATION same (provider = icu, locale = 'und-u-ks-level2',"
                        + " deterministic = false)",
                "CREATE TABLE t (id int, at " + parts[0] + ")",
                "INSERT INTO t SELECT n, (%s)::%s FROM generate_series(1, 6) n"
                        .formatted(parts[1], parts[0].split(" ", -1)[0]));
    }

    private static PipelineBuilder watermark(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .lookback(Duration.ofMinutes(10))
                .polling();
    }
}
