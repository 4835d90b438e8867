package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows without a watermark. */
class NullWatermarkRowsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void countsRowsWithoutAWatermarkIfTheyAreIgnored(@FreshDatabase Database source)
            throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, NullWatermarkPolicy.IGNORE))) {
            harness.finishPolls(2);

            assertThat(harness.rows()).hasSize(2).noneMatch(row -> row.contains("\\N"));
            assertThat(harness.gate().status().nullWatermarks).hasValue(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsRowsWithoutAWatermarkAfterTheFirstLoad(
            NullWatermarkPolicy policy, @FreshDatabase Database source) throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", policy)
                                .pageRows(1)
                                .polling()
                                .build())) {
            while (harness.sent().size() < 2) {
                harness.step();
            }
            assertThat(harness.rows()).noneMatch(row -> row.contains("\\N"));
            assertThat(harness.gate().status().nullWatermarks).hasValue(0);

            harness.retryingOutages().finishPolls(1);
            assertThat(harness.gate().status().nullWatermarks).hasValue(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY", "NOT NULL"})
    void sendsRowsWithoutAWatermarkOnceDespiteCrashes(String key, @FreshDatabase Database source)
            throws Exception {
        fill(source, "id int " + key + ", at timestamptz");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", NullWatermarkPolicy.INCLUDE_ONCE)
                                .pageRows(2)
                                .polling()
                                .build())) {
            for (int rows = 1; rows < 7; rows++) {
                while (harness.sent().size() < rows) {
                    harness.step();
                }
                harness.takeCheckpoint();
                harness.step();
                harness.crash();
            }
            harness.finishPolls(2);
            assertThat(harness.rows())
                    .hasSize(7)
                    .doesNotHaveDuplicates()
                    .filteredOn(row -> row.endsWith("\\N"))
                    .hasSize(5);

            source.execute("UPDATE t SET at = now() WHERE id = 3");
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(8);
        }
    }

    @Test
    void sendsEqualRowsWithoutAKeyAndAWatermarkSeparately(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int, at timestamptz)",
                "INSERT INTO t VALUES (1, NULL), (1, NULL), (2, NULL)");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, NullWatermarkPolicy.INCLUDE_ONCE))) {
            harness.finishPolls(1);
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(1);

            assertThat(harness.rows())
                    .containsExactlyInAnyOrder("INSERT 1\t\\N", "INSERT 1\t\\N", "INSERT 2\t\\N");
            assertThat(harness.dedupeStateRows()).isEqualTo(2);
        }
    }

    @Test
    void rowsWithoutAWatermarkStopAMappingWithPolicyFail(@FreshDatabase Database source)
            throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        ManualClock clock = new ManualClock();
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, NullWatermarkPolicy.FAIL))) {
            harness.useClock(clock);
            String cause =
                    "5 rows of table \"public\".\"t\" have no watermark: at is NULL, and null_watermark is fail";
            harness.finishPolls(1);
            assertThat(harness.gate().status().source().cause()).contains(cause);
            assertThat(harness.rows()).hasSize(2);
            harness.takeCheckpoint();

            source.execute("INSERT INTO t VALUES (8, now())");
            clock.advance(Duration.ofMinutes(6));
            assertThatThrownBy(() -> harness.finishPolls(1)).hasMessageContaining(cause);
            assertThat(harness.rows()).hasSize(2);

            source.execute("UPDATE t SET at = now() WHERE at IS NULL");
            clock.advance(Duration.ofMinutes(6));
            harness.retryingOutages().finishPolls(1);
            assertThat(harness.rows()).hasSize(8);
            assertThat(harness.gate().status().source().cause()).isEmpty();
        }
    }

    private static void fill(Database source, String columns) {
        source.execute(
                "CREATE TABLE t (" + columns + ")",
                "INSERT INTO t SELECT n, NULL FROM generate_series(1, 5) n",
                "INSERT INTO t VALUES (6, '2024-01-01'), (7, '2024-01-02')");
    }

    private static Pipeline table(Database source, NullWatermarkPolicy policy) {
        return PipelineBuilder.table(source, "t").watermark("at", policy).polling().build();
    }
}
