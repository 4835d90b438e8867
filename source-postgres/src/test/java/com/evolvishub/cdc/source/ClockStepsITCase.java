package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.source.schedule.MonotonicClock;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database whose clock is changed, by a failover or by an administrator. */
class ClockStepsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamptz | db_now()",
                "timestamp | db_now() AT TIME ZONE 'UTC'",
                "timestamp(0) | db_now() AT TIME ZONE 'UTC'",
                "date | (db_now() AT TIME ZONE 'UTC')::date",
                "bigint | nextval('ids')",
                "text | to_char(nextval('ids'), 'FM0000000000')",
            })
    void losesNoRowWhenTheClockGoesBackAndIsCorrected(
            String type, String value, @FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, type);
        insert(source, 1, value);
        try (SourceTestHarness harness = harness(table(source).build())) {
            harness.finishPolls(2);
            clock.set(type.equals("date") ? "-1 day" : "-2 min");
            for (int id = 2; id <= 8; id++) {
                insert(source, id, value);
                harness.finishPolls(1);
            }
            clock.set("0");
            insert(source, 9, value);
            harness.finishPolls(2);

            assertThat(harness.cells(0)).contains("1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    @Test
    void losesNoRowWrittenLongBeforeTheNextPoll(@FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        ManualClock localClock = new ManualClock();
        insert(source, 1, "db_now()");
        // the local clock stands still, so the lookback covers the whole test
        try (SourceTestHarness harness = harness(table(source, Duration.ofMinutes(2)).build())) {
            harness.useSteadyClock(localClock);
            harness.finishPolls(2);
            clock.set("-20 min");
            insert(source, 2, "db_now()");
            // ten minutes pass: the row is now older than the lookback
            localClock.advance(Duration.ofMinutes(10));
            clock.set("-10 min");
            insert(source, 3, "db_now()");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).contains("1", "2", "3");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "9"})
    void losesNoRowAfterAReadAbortedByTheStep(int sent, @FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        source.execute(
                "INSERT INTO t SELECT n, db_now() - interval '1 s' + n * interval '1 ms'"
                        + " FROM generate_series(1, 20) n");
        try (SourceTestHarness harness = harness(table(source).pageRows(1).build())) {
            while (harness.sent().size() < sent) {
                harness.step();
            }
            harness.takeCheckpoint();
            clock.set("-2 min");
            insert(source, 21, "db_now()");
            harness.crash();
            harness.finishPolls(1);
            clock.set("0");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).hasSize(21).doesNotHaveDuplicates();
        }
    }

    @Test
    void readsATransactionThatSpansTheStepFromItsLowestTime(@FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness harness = harness(table(source).build());
                Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            harness.finishPolls(1);
            statement.execute("INSERT INTO t VALUES (2, db_now())");
            harness.finishPolls(1);
            clock.set("-2 min");
            harness.finishPolls(1);
            // like clock_timestamp(), which is evaluated at each statement
            statement.execute("INSERT INTO t VALUES (3, db_now())");
            clock.set("-1 min");
            insert(source, 4, "db_now()");
            harness.finishPolls(2);
            writer.commit();
            harness.finishPolls(2);

            assertThat(harness.cells(0)).contains("1", "2", "3", "4");
        }
    }

    /** Rows evicted before the step do not limit how far back polls read after it. */
    @Test
    void losesNoRowAfterAStepThatFollowsALongerLookback(@FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness harness = harness(table(source, Duration.ofSeconds(10)).build())) {
            harness.finishPolls(2);
            harness.restart(table(source, Duration.ofSeconds(20)).build(), RestoreMode.RESUME);
            harness.finishPolls(2);
            clock.set("-50 s");
            insert(source, 2, "db_now()");
            harness.finishPolls(2);
            insert(source, 3, "db_now()");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @Test
    void findsLateRowsAfterAForwardStep(@FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness harness = harness(table(source).build())) {
            harness.finishPolls(1);
            clock.set("2 min");
            harness.finishPolls(3);
            insert(source, 2, "db_now() - interval '2 min 3 s'");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "2");
        }
    }

    @Test
    void losesNoRowOfAQueryWithItsOwnCondition(@FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        Pipeline query =
                PipelineBuilder.query(
                                source,
                                new PollQuery.Text("SELECT id, at FROM t WHERE at > "),
                                PollQuery.Placeholder.LAST_SYNC)
                        .key("id")
                        .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                        .polling()
                        .build();
        try (SourceTestHarness harness = harness(query)) {
            harness.finishPolls(2);
            clock.set("-2 min");
            for (int id = 2; id <= 4; id++) {
                insert(source, id, "db_now()");
                harness.finishPolls(1);
            }
            assertThat(harness.cells(0)).contains("1", "2", "3", "4");
        }
    }

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY", "NOT NULL"})
    void aSmallStepDuplicatesNoRow(String key, @FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t SELECT n, db_now() - n * interval '1 s'"
                        + " FROM generate_series(1, 40) n");
        try (SourceTestHarness harness = harness(table(source).build())) {
            harness.finishPolls(3);
            clock.set("-30 s");
            source.execute("INSERT INTO t VALUES (41, db_now())");
            harness.finishPolls(3);
            clock.set("0");
            source.execute("INSERT INTO t VALUES (42, db_now())");
            harness.finishPolls(3);

            assertThat(harness.cells(0)).hasSize(42).doesNotHaveDuplicates();
        }
    }

    /** Rows between the reset clock and the position were already sent. */
    @ParameterizedTest
    @CsvSource({"timestamptz, PRIMARY KEY", "timestamptz, NOT NULL", "timestamp(0), PRIMARY KEY"})
    void aSmallStepDuplicatesNoRowOfDenseWatermarks(
            String type, String key, @FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at " + type + ")");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t SELECT n, db_now() - n * interval '5 ms'"
                        + " FROM generate_series(1, 8000) n");
        try (SourceTestHarness harness = harness(table(source).build())) {
            harness.finishPolls(3);
            clock.set("-30 s");
            harness.step();
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(2);
            insert(source, 8001, "db_now()");
            harness.finishPolls(2);
            clock.set("0");
            insert(source, 8002, "db_now()");
            harness.finishPolls(3);

            assertThat(harness.cells(0)).hasSize(8002).doesNotHaveDuplicates();
        }
    }

    @Test
    void aLargeStepStopsAMappingThatWouldDuplicateRows(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int, at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute("INSERT INTO t VALUES (1, db_now())");
        Pipeline appending = table(source).build();
        try (SourceTestHarness harness = harness(appending)) {
            harness.finishPolls(2);
            clock.set("-2 min");
            source.execute("INSERT INTO t VALUES (2, db_now())");
            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("the database's clock has gone back by ")
                    .hasMessageContaining(
                            "Set the clock right; or start with --accept-change test");

            // follow the advice of the message
            harness.restart(appending, RestoreMode.ACCEPT_CHANGE);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).contains("1", "2");
        }
    }

    @Test
    void resumesWhenTheClockIsCorrected(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int, at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute("INSERT INTO t VALUES (1, db_now())");
        Pipeline appending = table(source).build();
        try (SourceTestHarness harness = harness(appending)) {
            harness.finishPolls(2);
            clock.set("-2 min");
            assertThatThrownBy(() -> harness.finishPolls(1)).hasMessageContaining("gone back");
            clock.set("0");
            harness.restart(appending, RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (2, db_now())");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "2");
        }
    }

    private static SettableDatabaseClock create(Database source, String type) {
        source.execute(
                "CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        return new SettableDatabaseClock(source);
    }

    private static SourceTestHarness harness(Pipeline pipeline) throws Exception {
        SourceTestHarness harness = new SourceTestHarness(pipeline);
        harness.useClock(SettableDatabaseClock.CLOCK, new MonotonicClock());
        return harness;
    }

    private static PipelineBuilder table(Database source) {
        return table(source, Duration.ofSeconds(10));
    }

    private static PipelineBuilder table(Database source, Duration lookback) {
        return PipelineBuilder.table(source, "t")
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.TIMESTAMP,
                                "",
                                "UTC",
                                lookback,
                                1000,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .polling();
    }

    private static void insert(Database source, int id, String value) {
        source.execute("INSERT INTO t VALUES (" + id + ", " + value + ")");
    }
}
