package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A query in {@code query} mode with a lookback that changes at a restart. */
class QueryLookbackITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "timestamp", "date"})
    void sendsNoEvictedRowAgainWhenTheLookbackIsRaised(String type, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO t SELECT n, now() - n * interval '12 h' FROM generate_series(1, 20) n");
        try (SourceTestHarness harness = new SourceTestHarness(withLookback(source, 1))) {
            harness.finishPolls(3);
            assertThat(harness.dedupeStateRows()).isLessThan(5);

            harness.restart(withLookback(source, 1_000_000), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (21, now())");
            harness.finishPolls(2);
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(2);
            assertThat(ids(harness)).hasSize(21).doesNotHaveDuplicates();

            harness.restart(withLookback(source, 0), RestoreMode.RESUME);
            harness.finishPolls(2);
            harness.restart(withLookback(source, 2_000_000), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (22, now())");
            harness.finishPolls(3);
            assertThat(ids(harness)).hasSize(22).doesNotHaveDuplicates();
        }
    }

    /** The row's watermark is 8 s before the poll that first saw its transaction. */
    @ParameterizedTest
    @CsvSource({"10, 1", "10, 15", "10, 0"})
    void keepsTheLowWatermarkPinnedUnderTheOldLookback(
            int before, int after, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t SELECT n, now() - n * interval '1 min' FROM generate_series(1, 20) n");
        try (SourceTestHarness harness = new SourceTestHarness(withLookback(source, before));
                Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            harness.finishPolls(2);
            writer.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (-1, clock_timestamp() - interval '8 s')");
            harness.finishPolls(1);
            harness.restart(withLookback(source, after), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (21, now())");
            harness.finishPolls(2);
            writer.commit();
            harness.finishPolls(3);

            assertThat(ids(harness)).hasSize(22).doesNotHaveDuplicates().contains("-1");
        }
    }

    @Test
    void readsFurtherBackAfterTheChange(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE SCHEMA test",
                "CREATE TABLE test.ahead (by interval)",
                "INSERT INTO test.ahead VALUES ('0')",
                "CREATE FUNCTION test.now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                        + " 'SELECT pg_catalog.now() + by FROM test.ahead'",
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, test.now())");
        try (SourceTestHarness harness = new SourceTestHarness(withLookback(source, 1))) {
            harness.useClock(new DatabaseClock("test.now()"));
            harness.finishPolls(2);
            harness.restart(withLookback(source, 60), RestoreMode.RESUME);
            harness.finishPolls(1);
            source.execute("UPDATE test.ahead SET by = '2 min'");
            harness.finishPolls(2);
            // 30 s late: beyond the old lookback
            source.execute("INSERT INTO t VALUES (2, test.now() - interval '30 s')");
            harness.finishPolls(2);

            assertThat(ids(harness)).containsExactly("1", "2");
        }
    }

    private static Pipeline withLookback(Database source, int seconds) {
        return PipelineBuilder.query(
                        source,
                        new PollQuery.Text("SELECT id, at FROM t WHERE at > "),
                        PollQuery.Placeholder.LAST_SYNC)
                .key("id")
                .capture(new Capture.ByQuery(Duration.ofSeconds(seconds), ""))
                .polling()
                .build();
    }

    private static List<String> ids(SourceTestHarness harness) {
        return harness.cells(0);
    }
}
