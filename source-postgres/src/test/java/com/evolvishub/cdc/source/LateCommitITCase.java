package com.evolvishub.cdc.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A transaction that commits after rows with higher watermarks were sent. */
class LateCommitITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration NO_LOOKBACK = Duration.ofMillis(1);
    private static final int POLLS = 40;

    private static final String LONGER_THAN_BOTH =
            """
            SELECT coalesce(clock_timestamp() - min(xact_start) > interval '100 ms', false)
            FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'idle in transaction'
            """;

    private static final String OPEN_FOR_LONG =
            """
            SELECT coalesce(clock_timestamp() - min(xact_start) > interval '2 s', false)
            FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'idle in transaction'
            """;

    /** With nearly no lookback, so that only the transaction tracker can find the row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamptz | now()",
                "timestamp | now()",
                "bigint | nextval('ids')",
                "smallint | nextval('ids')",
                "numeric | nextval('ids')",
                "xid8 | pg_current_xact_id()",
                "text | to_char(nextval('ids'), 'FM0000000000')",
                "uuid | lpad(nextval('ids')::text, 32, '0')::uuid",
            })
    void isFoundForEveryWatermarkType(String type, String value, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 0, value);
        try (SourceTestHarness harness =
                        new SourceTestHarness(table(source, NO_LOOKBACK, 0, Duration.ZERO));
                Connection late = late(source, value);
                Connection writer = source.connect();
                Statement writing = writer.createStatement()) {
            harness.finishPolls(1);
            for (int i = 1; i <= POLLS; i++) {
                writing.execute("INSERT INTO t VALUES (%d, %s)".formatted(i, value));
                harness.finishPolls(1);
                assertThat(ids(harness)).as("what is in front is not held back").contains("" + i);
            }
            assertThat(ids(harness)).doesNotContain("-1");

            late.commit();
            harness.finishPolls(2);
            assertThat(ids(harness)).hasSize(POLLS + 2).doesNotHaveDuplicates().contains("-1");
        }
    }

    @Test
    void isFoundByARoleWithOnlySelectWhenOlderThanTheLookback(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        insert(source, 0, "now()");
        ConnectionSpec reader = plainRole(source);
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(reader, "t")
                                .capture(byTimestamp(Duration.ofSeconds(1), 1000, Duration.ZERO))
                                .schedule(new Schedule.Every(Duration.ofMillis(1)))
                                .build())) {
            harness.finishPolls(1);
            try (Connection late = late(source, "now()")) {
                // longer than the lookback: only the transaction tracker can find it
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> source.queryOne(OPEN_FOR_LONG).equals("t"));
                insert(source, 1, "now()");
                harness.finishPolls(2);
                assertThat(ids(harness)).containsExactly("0", "1");
                assertThat(harness.gate().status().lowWatermark())
                        .contains("held for")
                        .contains("pid ");

                late.commit();
                harness.finishPolls(2);
                assertThat(ids(harness)).containsExactly("0", "1", "-1");
                assertThat(harness.gate().status().lowWatermark()).isEmpty();
            }
        }
    }

    @Test
    void isFoundAfterItWasPreparedAndThePipelineRestarted(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at bigint)");
        insert(source, 0, "nextval('ids')");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, NO_LOOKBACK, 0, Duration.ZERO))) {
            harness.finishPolls(1);
            try (Connection late = late(source, "nextval('ids')");
                    Statement statement = late.createStatement()) {
                harness.finishPolls(1);
                insert(source, 1, "nextval('ids')");
                harness.finishPolls(1);
                statement.execute("PREPARE TRANSACTION '" + source.name() + "'");
            }
            harness.finishPolls(1);
            harness.takeCheckpoint();
            harness.crash();
            source.execute("COMMIT PREPARED '" + source.name() + "'");
            harness.finishPolls(2);

            assertThat(ids(harness)).containsExactly("0", "1", "-1");
        }
    }

    @Test
    void isFoundByAQueryWithItsOwnCondition(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        insert(source, 0, "now()");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.query(
                                        source,
                                        // the watermark column is not selected
                                        new PollQuery.Text("SELECT id FROM t WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .key("id")
                                .capture(new Capture.ByQuery(NO_LOOKBACK, ""))
                                .schedule(new Schedule.Every(Duration.ofMillis(1)))
                                .build())) {
            harness.finishPolls(1);
            try (Connection late = late(source, "now()")) {
                for (int i = 1; i <= 20; i++) {
                    insert(source, i, "now()");
                    harness.finishPolls(1);
                }
                late.commit();
            }
            harness.finishPolls(2);
            assertThat(ids(harness)).hasSize(22).doesNotHaveDuplicates().contains("-1");
        }
    }

    /** The lookback changes at a restart while the transaction is open. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamptz | now() | 10 | 15",
                "timestamptz | now() | 15 | 10",
                "timestamp   | now() | 10 | 15",
                "date        | now()::date | 10 | 15",
                "bigint      | nextval('ids') | 1 | 3",
                "bigint      | nextval('ids') | 3 | 1",
                "numeric     | nextval('ids') | 1 | 3",
            })
    void isFoundAlthoughTheLookbackChanged(
            String type, String value, int before, int after, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
        insert(source, 0, value);
        boolean days = type.equals("date");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, millis(before), before, Duration.ZERO))) {
            harness.finishPolls(1);
            try (Connection late = late(source, value)) {
                harness.finishPolls(1);
                for (int i = 1; i <= 6; i++) {
                    // the position advances by more than both lookbacks
                    insert(source, i, days ? "now()::date" : value);
                    harness.finishPolls(1);
                }
                await().until(() -> !source.queryOne(LONGER_THAN_BOTH).equals("f"));
                insert(source, 7, value);
                harness.finishPolls(1);

                harness.restart(
                        table(source, millis(after), after, Duration.ZERO), RestoreMode.RESUME);
                harness.finishPolls(1);
                late.commit();
            }
            harness.finishPolls(2);
            assertThat(ids(harness)).hasSize(9).doesNotHaveDuplicates().contains("-1");
        }
    }

    private static Duration millis(int millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void isIgnoredAfterMaxPinSeconds(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE SEQUENCE ids", "CREATE TABLE t (id int PRIMARY KEY, at bigint)");
        insert(source, 0, "nextval('ids')");
        try (SourceTestHarness harness =
                        new SourceTestHarness(table(source, NO_LOOKBACK, 0, Duration.ofMillis(1)));
                Connection late = late(source, "nextval('ids')")) {
            harness.finishPolls(1);
            insert(source, 1, "nextval('ids')");
            harness.finishPolls(3);
            assertThat(harness.gate().status().lowWatermark()).isEmpty();

            late.commit();
            insert(source, 2, "nextval('ids')");
            harness.finishPolls(2);
            assertThat(ids(harness)).containsExactly("0", "1", "2");
        }
    }

    @Test
    void isFoundByTheLookbackWhenNoSnapshotSawIt(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        insert(source, 0, "now()");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, Duration.ofMinutes(10), 0, Duration.ZERO))) {
            harness.finishPolls(1);
            insert(source, 1, "now()");
            harness.finishPolls(1);
            insert(source, 2, "now() - interval '5 s'");
            harness.finishPolls(1);

            assertThat(ids(harness)).containsExactly("0", "1", "2");
        }
    }

    @Test
    void aGrowingTieIsSentOnceWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int, at timestamptz)");
        try (SourceTestHarness harness =
                new SourceTestHarness(table(source, Duration.ofSeconds(10), 0, Duration.ZERO))) {
            for (int i = 0; i < 5; i++) {
                insert(source, i, "'2024-01-01'");
                // the same row again: two equal rows are two rows
                insert(source, 7, "'2024-01-01'");
                harness.finishPolls(1);
            }
            assertThat(ids(harness))
                    .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "7", "7", "7", "7", "7");
        }
    }

    private static Pipeline table(
            Database source, Duration lookback, long values, Duration maxPin) {
        return PipelineBuilder.table(source, "t")
                .capture(byTimestamp(lookback, values, maxPin))
                .schedule(new Schedule.Every(Duration.ofMillis(1)))
                .build();
    }

    private static Capture byTimestamp(Duration lookback, long values, Duration maxPin) {
        return new Capture.ByWatermark(
                "at",
                WatermarkType.TIMESTAMP,
                "",
                "UTC",
                lookback,
                values,
                maxPin,
                NullWatermarkPolicy.IGNORE);
    }

    private static void insert(Database source, int id, String value) {
        source.execute("INSERT INTO t VALUES (" + id + ", " + value + ")");
    }

    /** A transaction that has written row -1 and is still open. */
    private static Connection late(Database source, String value) throws SQLException {
        Connection connection = source.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (-1, " + value + ")");
        }
        return connection;
    }

    private static ConnectionSpec plainRole(Database database) {
        String role = "reader_" + database.name();
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'reads'", "GRANT SELECT ON t TO " + role);
        ConnectionSpec superuser = PipelineBuilder.connection(database);
        return new ConnectionSpec(
                superuser.host(),
                superuser.port(),
                superuser.database(),
                role,
                new Secret("reads"),
                superuser.tls(),
                superuser.timeout(),
                superuser.parameters());
    }

    private static List<String> ids(SourceTestHarness harness) {
        return harness.sent().stream()
                .map(ChangeRow::line)
                .map(line -> new String(CopyText.cell(line, 0), UTF_8))
                .toList();
    }
}
