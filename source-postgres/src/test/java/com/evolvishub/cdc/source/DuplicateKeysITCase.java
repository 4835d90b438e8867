package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are not unique. */
class DuplicateKeysITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint"})
    void duplicateKeysConvergeOnTheNewestRowAndAreReported(
            String type, @FreshDatabase Database source) throws Exception {
        String at =
                switch (type) {
                    case "timestamptz" -> "now() - interval '7 s' + n * interval '1 s'";
                    default -> "n";
                };
        source.execute(
                "CREATE TABLE t (k int, v text, at " + type + ")",
                "INSERT INTO t SELECT n % 2, 'v' || n, " + at + " FROM generate_series(1, 4) n");
        try (SourceTestHarness harness = new SourceTestHarness(keyed(source))) {
            harness.finishPolls(1);
            assertThat(harness.warnings()).isEmpty();
            for (int i = 0; i < 4; i++) {
                harness.takeCheckpoint();
                harness.crash();
                harness.finishPolls(2);
            }
            assertThat(versions(harness)).containsExactly("v1", "v2", "v3", "v4");
            assertThat(harness.warnings())
                    .contains("2 rows were left out: another row of the read");

            // after a delete of the newest row, the row that was left out is sent
            source.execute("DELETE FROM t WHERE v = 'v4'");
            harness.finishPolls(3);
            assertThat(versions(harness)).hasSize(5).endsWith("v2");
        }
    }

    @Test
    void duplicateKeysFoundLaterConvergeOnTheNewestRow(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (1, 'a', now() - interval '2 s'), (2, 'b', now())");
        try (SourceTestHarness harness = new SourceTestHarness(keyed(source))) {
            harness.finishPolls(1);
            source.execute("INSERT INTO t VALUES (1, 'c', now() - interval '1 s')");
            harness.finishPolls(4);
            assertThat(versions(harness)).containsExactly("a", "b", "c");

            source.execute("INSERT INTO t VALUES (1, 'd', now())");
            harness.finishPolls(4);
            assertThat(versions(harness)).containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    void reportsAdjacentRowsWithTheSameKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (1, 'a', '2024-01-01'), (1, 'b', '2024-01-01')");
        try (SourceTestHarness harness = new SourceTestHarness(keyed(source))) {
            harness.finishPolls(4);
            assertThat(harness.sent()).hasSize(1);
            assertThat(harness.gate().status().source().cause())
                    .startsWith(
                            "1 rows were left out: the row before them has the same watermark and the same key (k)");
        }
    }

    @Test
    void reportsNullKeys(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (NULL, 'a', now()), (1, 'b', now()), (NULL, 'c', now())");
        try (SourceTestHarness harness = new SourceTestHarness(keyed(source))) {
            harness.finishPolls(1);
            assertThat(versions(harness)).containsExactly("b");
            assertThat(harness.gate().status().source().cause())
                    .startsWith("2 rows were left out: a column of their key (k) is NULL");

            source.execute(
                    "UPDATE t SET k = 2, at = now() WHERE v = 'a'",
                    "DELETE FROM t WHERE k IS NULL");
            harness.finishPolls(2);
            assertThat(versions(harness)).containsExactly("b", "a");
            assertThat(harness.gate().status().source().cause()).isEmpty();
        }
    }

    private static Pipeline keyed(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .lookback(Duration.ofMinutes(10))
                .key("k")
                .polling()
                .build();
    }

    private static List<String> versions(SourceTestHarness harness) {
        return harness.cells(1);
    }
}
