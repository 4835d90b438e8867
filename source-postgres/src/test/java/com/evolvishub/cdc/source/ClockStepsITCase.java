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

/** A database whose clock is set: a failover, or somebody who sets it right. */
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
    void noRowIsLostWhenTheClockGoesBackAndIsPutRight(
            String type, String value, @FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, type);
        insert(source, 1, value);
        try (SourceTestHarness lane = lane(table(source).build())) {
            lane.finishPolls(2);
            clock.set(type.equals("date") ? "-1 day" : "-2 min");
            for (int id = 2; id <= 8; id++) {
                insert(source, id, value);
                lane.finishPolls(1);
            }
            clock.set("0");
            insert(source, 9, value);
            lane.finishPolls(2);

            assertThat(lane.cells(0)).contains("1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    @Test
    void noRowIsLostThatWasWrittenLongBeforeTheNextPoll(@FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        ManualClock ours = new ManualClock();
        insert(source, 1, "db_now()");
        // our clock stands still, so the look-back covers what this machine takes for it all
        try (SourceTestHarness lane = lane(table(source, Duration.ofMinutes(2)).build())) {
            lane.measureBy(ours);
            lane.finishPolls(2);
            clock.set("-20 min");
            insert(source, 2, "db_now()");
            // ten minutes go by: the row is older than the look-back by now
            ours.advance(Duration.ofMinutes(10));
            clock.set("-10 min");
            insert(source, 3, "db_now()");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).contains("1", "2", "3");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "9"})
    void noRowIsLostBehindAReadThatTheStepBrokeOff(int sent, @FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        source.execute(
                "INSERT INTO t SELECT n, db_now() - interval '1 s' + n * interval '1 ms'"
                        + " FROM generate_series(1, 20) n");
        try (SourceTestHarness lane = lane(table(source).pageRows(1).build())) {
            while (lane.sent().size() < sent) {
                lane.step();
            }
            lane.takeCheckpoint();
            clock.set("-2 min");
            insert(source, 21, "db_now()");
            lane.crash();
            lane.finishPolls(1);
            clock.set("0");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).hasSize(21).doesNotHaveDuplicates();
        }
    }

    @Test
    void aTransactionThatLivesThroughTheStepIsReadFromItsLowestTime(@FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness lane = lane(table(source).build());
                Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            lane.finishPolls(1);
            statement.execute("INSERT INTO t VALUES (2, db_now())");
            lane.finishPolls(1);
            clock.set("-2 min");
            lane.finishPolls(1);
            // such as clock_timestamp(): asked at each statement
            statement.execute("INSERT INTO t VALUES (3, db_now())");
            clock.set("-1 min");
            insert(source, 4, "db_now()");
            lane.finishPolls(2);
            writer.commit();
            lane.finishPolls(2);

            assertThat(lane.cells(0)).contains("1", "2", "3", "4");
        }
    }

    /** What was forgotten before is no reason to stop above what is written after the step. */
    @Test
    void noRowIsLostBehindAStepThatFollowsALongerLookBack(@FreshDatabase Database source)
            throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness lane = lane(table(source, Duration.ofSeconds(10)).build())) {
            lane.finishPolls(2);
            lane.restart(table(source, Duration.ofSeconds(20)).build(), RestoreMode.RESUME);
            lane.finishPolls(2);
            clock.set("-50 s");
            insert(source, 2, "db_now()");
            lane.finishPolls(2);
            insert(source, 3, "db_now()");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @Test
    void afterAStepForwardRowsMayStillComeLate(@FreshDatabase Database source) throws Exception {
        SettableDatabaseClock clock = create(source, "timestamptz");
        insert(source, 1, "db_now()");
        try (SourceTestHarness lane = lane(table(source).build())) {
            lane.finishPolls(1);
            clock.set("2 min");
            lane.finishPolls(3);
            insert(source, 2, "db_now() - interval '2 min 3 s'");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).containsExactly("1", "2");
        }
    }

    @Test
    void noRowIsLostToAQueryThatSaysItselfWhatIsNew(@FreshDatabase Database source)
            throws Exception {
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
        try (SourceTestHarness lane = lane(query)) {
            lane.finishPolls(2);
            clock.set("-2 min");
            for (int id = 2; id <= 4; id++) {
                insert(source, id, "db_now()");
                lane.finishPolls(1);
            }
            assertThat(lane.cells(0)).contains("1", "2", "3", "4");
        }
    }

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY", "NOT NULL"})
    void aSmallStepDoublesNothing(String key, @FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t SELECT n, db_now() - n * interval '1 s'"
                        + " FROM generate_series(1, 40) n");
        try (SourceTestHarness lane = lane(table(source).build())) {
            lane.finishPolls(3);
            clock.set("-30 s");
            source.execute("INSERT INTO t VALUES (41, db_now())");
            lane.finishPolls(3);
            clock.set("0");
            source.execute("INSERT INTO t VALUES (42, db_now())");
            lane.finishPolls(3);

            assertThat(lane.cells(0)).hasSize(42).doesNotHaveDuplicates();
        }
    }

    /** Between the position and the clock that was set back lie rows that were sent. */
    @ParameterizedTest
    @CsvSource({"timestamptz, PRIMARY KEY", "timestamptz, NOT NULL", "timestamp(0), PRIMARY KEY"})
    void aSmallStepDoublesNothingOfWhatIsWrittenAllTheTime(
            String type, String key, @FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at " + type + ")");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t SELECT n, db_now() - n * interval '5 ms'"
                        + " FROM generate_series(1, 8000) n");
        try (SourceTestHarness lane = lane(table(source).build())) {
            lane.finishPolls(3);
            clock.set("-30 s");
            lane.step();
            lane.takeCheckpoint();
            lane.crash();
            lane.finishPolls(2);
            insert(source, 8001, "db_now()");
            lane.finishPolls(2);
            clock.set("0");
            insert(source, 8002, "db_now()");
            lane.finishPolls(3);

            assertThat(lane.cells(0)).hasSize(8002).doesNotHaveDuplicates();
        }
    }

    @Test
    void aLargeStepStopsWhatWouldBeDoubled(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int, at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute("INSERT INTO t VALUES (1, db_now())");
        Pipeline appending = table(source).build();
        try (SourceTestHarness lane = lane(appending)) {
            lane.finishPolls(2);
            clock.set("-2 min");
            source.execute("INSERT INTO t VALUES (2, db_now())");
            assertThatThrownBy(() -> lane.finishPolls(1))
                    .hasMessageContaining("the database's clock has gone back by ")
                    .hasMessageContaining(
                            "Set the clock right; or start with --accept-change test");

            // either advice, word for word
            lane.restart(appending, RestoreMode.ACCEPT_CHANGE);
            lane.finishPolls(2);
            assertThat(lane.cells(0)).contains("1", "2");
        }
    }

    @Test
    void aClockThatIsSetRightAgainIsGoneOnWith(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int, at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute("INSERT INTO t VALUES (1, db_now())");
        Pipeline appending = table(source).build();
        try (SourceTestHarness lane = lane(appending)) {
            lane.finishPolls(2);
            clock.set("-2 min");
            assertThatThrownBy(() -> lane.finishPolls(1)).hasMessageContaining("gone back");
            clock.set("0");
            lane.restart(appending, RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (2, db_now())");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).containsExactly("1", "2");
        }
    }

    private static SettableDatabaseClock create(Database source, String type) {
        source.execute(
                "CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        return new SettableDatabaseClock(source);
    }

    private static SourceTestHarness lane(Pipeline pipeline) throws Exception {
        SourceTestHarness lane = new SourceTestHarness(pipeline);
        lane.goBy(SettableDatabaseClock.CLOCK, new MonotonicClock());
        return lane;
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
