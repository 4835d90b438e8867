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

/** Rows that have no watermark. */
class NullWatermarkRowsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void rowsWithoutAWatermarkAreCountedWhereTheyAreIgnored(@FreshDatabase Database source)
            throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        try (SourceTestHarness lane =
                new SourceTestHarness(table(source, NullWatermarkPolicy.IGNORE))) {
            lane.finishPolls(2);

            assertThat(lane.rows()).hasSize(2).noneMatch(row -> row.contains("\\N"));
            assertThat(lane.gate().status().nullWatermarks).hasValue(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsWithoutAWatermarkAreCountedBehindTheFirstLoad(
            NullWatermarkPolicy without, @FreshDatabase Database source) throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", without)
                                .pageRows(1)
                                .polling()
                                .build())) {
            while (lane.sent().size() < 2) {
                lane.step();
            }
            assertThat(lane.rows()).noneMatch(row -> row.contains("\\N"));
            assertThat(lane.gate().status().nullWatermarks).hasValue(0);

            lane.waitingOutOutages().finishPolls(1);
            assertThat(lane.gate().status().nullWatermarks).hasValue(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY", "NOT NULL"})
    void rowsWithoutAWatermarkComeOnceAlsoOverACrashAmongThem(
            String key, @FreshDatabase Database source) throws Exception {
        fill(source, "id int " + key + ", at timestamptz");
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", NullWatermarkPolicy.INCLUDE_ONCE)
                                .pageRows(2)
                                .polling()
                                .build())) {
            for (int rows = 1; rows < 7; rows++) {
                while (lane.sent().size() < rows) {
                    lane.step();
                }
                lane.takeCheckpoint();
                lane.step();
                lane.crash();
            }
            lane.finishPolls(2);
            assertThat(lane.rows())
                    .hasSize(7)
                    .doesNotHaveDuplicates()
                    .filteredOn(row -> row.endsWith("\\N"))
                    .hasSize(5);

            source.execute("UPDATE t SET at = now() WHERE id = 3");
            lane.finishPolls(2);
            assertThat(lane.rows()).hasSize(8);
        }
    }

    @Test
    void twoEqualRowsWithoutAKeyAndAWatermarkAreTwo(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int, at timestamptz)",
                "INSERT INTO t VALUES (1, NULL), (1, NULL), (2, NULL)");
        try (SourceTestHarness lane =
                new SourceTestHarness(table(source, NullWatermarkPolicy.INCLUDE_ONCE))) {
            lane.finishPolls(1);
            lane.takeCheckpoint();
            lane.crash();
            lane.finishPolls(1);

            assertThat(lane.rows())
                    .containsExactlyInAnyOrder("INSERT 1\t\\N", "INSERT 1\t\\N", "INSERT 2\t\\N");
            assertThat(lane.remembered()).isEqualTo(2);
        }
    }

    @Test
    void rowsWithoutAWatermarkStopAMappingThatWantsNone(@FreshDatabase Database source)
            throws Exception {
        fill(source, "id int PRIMARY KEY, at timestamptz");
        ManualClock clock = new ManualClock();
        try (SourceTestHarness lane =
                new SourceTestHarness(table(source, NullWatermarkPolicy.FAIL))) {
            lane.goBy(clock);
            String cause =
                    "5 rows of table \"public\".\"t\" have no watermark: at is NULL, and null_watermark is fail";
            lane.finishPolls(1);
            assertThat(lane.gate().status().source().cause()).contains(cause);
            assertThat(lane.rows()).hasSize(2);
            lane.takeCheckpoint();

            source.execute("INSERT INTO t VALUES (8, now())");
            clock.advance(Duration.ofMinutes(6));
            assertThatThrownBy(() -> lane.finishPolls(1)).hasMessageContaining(cause);
            assertThat(lane.rows()).hasSize(2);

            source.execute("UPDATE t SET at = now() WHERE at IS NULL");
            clock.advance(Duration.ofMinutes(6));
            lane.waitingOutOutages().finishPolls(1);
            assertThat(lane.rows()).hasSize(8);
            assertThat(lane.gate().status().source().cause()).isEmpty();
        }
    }

    private static void fill(Database source, String columns) {
        source.execute(
                "CREATE TABLE t (" + columns + ")",
                "INSERT INTO t SELECT n, NULL FROM generate_series(1, 5) n",
                "INSERT INTO t VALUES (6, '2024-01-01'), (7, '2024-01-02')");
    }

    private static Pipeline table(Database source, NullWatermarkPolicy without) {
        return PipelineBuilder.table(source, "t").watermark("at", without).polling().build();
    }
}
