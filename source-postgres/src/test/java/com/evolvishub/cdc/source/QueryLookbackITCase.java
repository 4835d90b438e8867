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

/** A query in {@code query} mode whose look-back is changed at a restart. */
class QueryLookbackITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "timestamp", "date"})
    void sendsNoForgottenRowAgainWhenItIsRaised(String type, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO t SELECT n, now() - n * interval '12 h' FROM generate_series(1, 20) n");
        try (SourceTestHarness lane = new SourceTestHarness(reaching(source, 1))) {
            lane.finishPolls(3);
            assertThat(lane.remembered()).isLessThan(5);

            lane.restart(reaching(source, 1_000_000), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (21, now())");
            lane.finishPolls(2);
            lane.takeCheckpoint();
            lane.crash();
            lane.finishPolls(2);
            assertThat(ids(lane)).hasSize(21).doesNotHaveDuplicates();

            lane.restart(reaching(source, 0), RestoreMode.RESUME);
            lane.finishPolls(2);
            lane.restart(reaching(source, 2_000_000), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (22, now())");
            lane.finishPolls(3);
            assertThat(ids(lane)).hasSize(22).doesNotHaveDuplicates();
        }
    }

    /** The row is stamped 8 s before the poll that saw its transaction first. */
    @ParameterizedTest
    @CsvSource({"10, 1", "10, 15", "10, 0"})
    void keepsWhatWasPinnedUnderTheLookbackOfThen(
            int before, int after, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t SELECT n, now() - n * interval '1 min' FROM generate_series(1, 20) n");
        try (SourceTestHarness lane = new SourceTestHarness(reaching(source, before));
                Connection late = source.connect();
                Statement statement = late.createStatement()) {
            lane.finishPolls(2);
            late.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (-1, clock_timestamp() - interval '8 s')");
            lane.finishPolls(1);
            lane.restart(reaching(source, after), RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (21, now())");
            lane.finishPolls(2);
            late.commit();
            lane.finishPolls(3);

            assertThat(ids(lane)).hasSize(22).doesNotHaveDuplicates().contains("-1");
        }
    }

    @Test
    void readsFurtherBackFromTheChangeOn(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE SCHEMA test",
                "CREATE TABLE test.ahead (by interval)",
                "INSERT INTO test.ahead VALUES ('0')",
                "CREATE FUNCTION test.now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                        + " 'SELECT pg_catalog.now() + by FROM test.ahead'",
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, test.now())");
        try (SourceTestHarness lane = new SourceTestHarness(reaching(source, 1))) {
            lane.goBy(new DatabaseClock("test.now()"));
            lane.finishPolls(2);
            lane.restart(reaching(source, 60), RestoreMode.RESUME);
            lane.finishPolls(1);
            source.execute("UPDATE test.ahead SET by = '2 min'");
            lane.finishPolls(2);
            // 30 s late: too late for the old look-back
            source.execute("INSERT INTO t VALUES (2, test.now() - interval '30 s')");
            lane.finishPolls(2);

            assertThat(ids(lane)).containsExactly("1", "2");
        }
    }

    private static Pipeline reaching(Database source, int seconds) {
        return PipelineBuilder.query(
                        source,
                        new PollQuery.Text("SELECT id, at FROM t WHERE at > "),
                        PollQuery.Placeholder.LAST_SYNC)
                .key("id")
                .capture(new Capture.ByQuery(Duration.ofSeconds(seconds), ""))
                .polling()
                .build();
    }

    private static List<String> ids(SourceTestHarness lane) {
        return lane.cells(0);
    }
}
