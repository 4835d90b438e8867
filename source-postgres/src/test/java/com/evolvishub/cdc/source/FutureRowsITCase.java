package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows whose watermark is above the database's clock. */
class FutureRowsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "timestamptz | '2999-01-01' | now()",
                "timestamptz | 'infinity' | now()",
                "timestamp | '2999-01-01' | now()",
                "timestamp | 'infinity' | now()",
                "date | '2999-01-01' | now()",
                "date | 'infinity' | now()",
                "numeric | 'NaN' | nextval('ids')",
                "numeric | 'Infinity' | nextval('ids')",
                "float8 | 'NaN' | nextval('ids')",
                "float4 | 'Infinity' | nextval('ids')",
            })
    void areSentOnceAndDelayNoOtherRow(
            String type, String future, String value, @FreshDatabase Database source)
            throws Exception {
        if (type.equals("numeric") && future.equals("'Infinity'")) {
            ServerVersionAssumptions.skipBefore(
                    14, "numeric has Infinity from PostgreSQL 14 on", source);
        }
        for (String key : new String[] {"PRIMARY KEY", "NOT NULL"}) {
            source.execute(
                    "DROP TABLE IF EXISTS t",
                    "CREATE SEQUENCE IF NOT EXISTS ids",
                    "CREATE TABLE t (id int " + key + ", at " + type + ")",
                    "INSERT INTO t VALUES (1, %s), (2, %s)".formatted(value, future));
            try (SourceTestHarness harness = new SourceTestHarness(table(source).build())) {
                harness.finishPolls(2);
                assertThat(harness.cells(0)).containsExactly("1", "2");
                assertThat(harness.gate().status().futureWatermarks).hasValue(1);
                assertThat(harness.position().highWatermark().values().get(0))
                        .doesNotContain("2999", "inf");

                harness.takeCheckpoint();
                source.execute("INSERT INTO t VALUES (3, " + value + ")");
                harness.finishPolls(1);
                harness.crash();
                source.execute("INSERT INTO t VALUES (4, " + future + ")");
                harness.finishPolls(2);
                assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"PRIMARY KEY", "NOT NULL"})
    void areNotSentAgainWhenTheClockReachesThem(String key, @FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int " + key + ", at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t VALUES (1, db_now())",
                "INSERT INTO t SELECT n / 2, db_now() + n / 2 * interval '1 s'"
                        + " FROM generate_series(%d, 9) n".formatted(key.startsWith("P") ? 9 : 4));
        int rows = key.startsWith("P") ? 2 : 7;
        try (SourceTestHarness harness = new SourceTestHarness(table(source).build())) {
            harness.useClock(SettableDatabaseClock.CLOCK);
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(rows);
            clock.set("1 hour");
            harness.finishPolls(1);
            harness.takeCheckpoint();
            source.execute("INSERT INTO t VALUES (77, db_now())");
            harness.crash();
            harness.finishPolls(3);

            assertThat(harness.sent()).hasSize(rows + 1);
            assertThat(harness.gate().status().futureWatermarks).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "timestamptz | '2999-01-01' | now()",
                "date | '2999-01-01' | now()",
                "numeric | 'NaN' | 5000",
                "float8 | 'NaN' | 5000",
            })
    void areLookedUpWhenTheirWatermarkMovesIntoThePast(
            String type, String future, String now, @FreshDatabase Database source)
            throws Exception {
        String past = type.equals("date") || type.startsWith("time") ? "'2001-02-03'" : "1";
        source.execute(
                "CREATE TABLE t (id int, b text, at " + type + ", PRIMARY KEY (id, b))",
                "INSERT INTO t VALUES (1, 'a', %1$s), (2, E'b\\t''', %2$s), (3, 'c', %2$s)"
                        .formatted(now, future));
        try (SourceTestHarness harness = new SourceTestHarness(table(source).build())) {
            harness.finishPolls(2);
            source.execute(
                    "UPDATE t SET at = " + past + " WHERE id = 2", "DELETE FROM t WHERE id = 3");
            harness.finishPolls(3);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "2");
            assertThat(harness.gate().keyLookupRequests().requested()).isEmpty();

            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(4);
        }
    }

    @Test
    void areReadOncePerMinuteIfThereAreMany(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        source.execute(
                "INSERT INTO t SELECT n, '2999-01-01' FROM generate_series(1, 10001) n",
                "INSERT INTO t VALUES (0, db_now())");
        try (SourceTestHarness harness = new SourceTestHarness(table(source).build())) {
            harness.useClock(SettableDatabaseClock.CLOCK);
            harness.finishPolls(1);
            assertThat(harness.sent()).hasSize(10_002);
            source.execute(
                    "INSERT INTO t VALUES (-1, db_now())",
                    "INSERT INTO t VALUES (-2, '2999-01-01')");
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(10_003);
            clock.set("61 s");
            harness.finishPolls(1);
            assertThat(harness.sent()).hasSize(10_004);
        }
    }

    @Test
    void areDeliveredByAMappingThatPollsOnce(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at date)",
                "INSERT INTO t SELECT n, now()::date + n FROM generate_series(1, 5) n");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source).schedule(new Schedule.Once()).build())) {
            harness.finishPolls(1);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    private static PipelineBuilder table(Database source) {
        return PipelineBuilder.table(source, "t")
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.TIMESTAMP,
                                "",
                                "UTC",
                                Duration.ofSeconds(10),
                                1000,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .polling();
    }
}
