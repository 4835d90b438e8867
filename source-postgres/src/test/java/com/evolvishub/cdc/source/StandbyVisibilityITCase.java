package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.source.schedule.MonotonicClock;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Rows that a standby shows late, because of a long transaction or paused replay. */
@ResourceLock(PrimaryWithStandby.REPLAY)
class StandbyVisibilityITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PrimaryWithStandby PAIR = PrimaryWithStandby.shared();

    private static final Duration LOOKBACK = Duration.ofMillis(300);

    private Database source;
    private Database replica;

    @BeforeEach
    void createTable(TestInfo test) {
        source = PAIR.primary().createDatabase(test.getTestMethod().orElseThrow().getName());
        source.execute(
                "CREATE SEQUENCE ids",
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, n bigint DEFAULT nextval('ids'))",
                "INSERT INTO t VALUES (1, now())");
        replica = PAIR.replica(source);
    }

    @AfterEach
    void resumeReplay() {
        PrimaryWithStandby.resume(source, replica);
    }

    @Test
    void findsRowsOfALongTransactionOfThePrimary() throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(byTime());
                Connection writer = begin()) {
            harness.finishPolls(2);
            insert(writer, 2, "now()");
            PrimaryWithStandby.replay(source, replica);
            harness.finishPolls(1);
            source.execute("INSERT INTO t VALUES (3, now())");
            PrimaryWithStandby.replay(source, replica);
            pollUntilOlderThanLookback(harness, 3);

            writer.commit();
            PrimaryWithStandby.replay(source, replica);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
            harness.finishPolls(3);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    @Test
    void findsRowsCommittedWhileReplayIsPaused() throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(byTime());
                Connection writer = begin()) {
            harness.finishPolls(2);
            insert(writer, 2, "now()");
            source.execute("INSERT INTO t VALUES (3, now())");
            PrimaryWithStandby.pause(source, replica);
            writer.commit();
            harness.finishPolls(1);
            assertThat(harness.cells(0)).containsExactly("1", "3");
            pollUntilOlderThanLookback(harness, 3);

            PrimaryWithStandby.resume(source, replica);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    @Test
    void findsRowsOfATransactionWithinAReplayPause() throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(byTime())) {
            harness.finishPolls(2);
            source.execute("INSERT INTO t VALUES (3, now())");
            PrimaryWithStandby.pause(source, replica);
            // started before row 3 and not visible before replay resumes
            source.execute("INSERT INTO t SELECT 2, at - interval '1 ms' FROM t WHERE id = 3");
            pollUntilOlderThanLookback(harness, 3);

            PrimaryWithStandby.resume(source, replica);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    @Test
    void readsOnlyNewRowsOnceThePrimaryHasAdvanced() throws Exception {
        source.execute("INSERT INTO t SELECT n, (SELECT at FROM t) FROM generate_series(2, 100) n");
        PrimaryWithStandby.replay(source, replica);
        try (SourceTestHarness harness = new SourceTestHarness(byTime())) {
            harness.useSteadyClock(new MonotonicClock());
            harness.finishPolls(1);
            await().until(
                            () -> {
                                PrimaryWithStandby.replay(source, replica);
                                long before = harness.gate().status().rowsRead.get();
                                harness.finishPolls(1);
                                return harness.gate().status().rowsRead.get() == before;
                            });
            assertThat(harness.cells(0)).hasSize(100);
        }
    }

    @Test
    void findsSequenceValuesOfALongTransactionOfThePrimary() throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(byNumber());
                Connection writer = begin()) {
            harness.finishPolls(2);
            insert(writer, 2, "now()");
            source.execute("INSERT INTO t SELECT n, now() FROM generate_series(10, 60) n");
            PrimaryWithStandby.replay(source, replica);
            pollUntilOlderThanLookback(harness, 60);

            writer.commit();
            PrimaryWithStandby.replay(source, replica);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).hasSize(53).endsWith("2");
        }
    }

    @Test
    void followsAPreparedTransactionWhenACascadedStandbyIsPromoted(@TempDir Path folder)
            throws Exception {
        try (PostgresServer third = PAIR.standbyOf(PAIR.standby(), folder.resolve("cascaded"))) {
            replica = PrimaryWithStandby.replica(source, third);
            try (SourceTestHarness harness = new SourceTestHarness(byTime())) {
                harness.finishPolls(2);
                String name = "prepared-" + source.name();
                source.execute(
                        "BEGIN; INSERT INTO t VALUES (2, now()); PREPARE TRANSACTION '"
                                + name
                                + "'",
                        "INSERT INTO t VALUES (3, now())");
                PrimaryWithStandby.replay(source, replica);
                pollUntilOlderThanLookback(harness, 3);

                replica.execute("SELECT pg_promote()");
                harness.finishPolls(2);
                assertThat(harness.cells(0)).containsExactly("1", "3");
                replica.execute("COMMIT PREPARED '" + name + "'");
                harness.finishPolls(2);
                assertThat(harness.cells(0)).containsExactly("1", "3", "2");
                source.execute("ROLLBACK PREPARED '" + name + "'");
            }
            replica = PAIR.replica(source);
        }
    }

    @Test
    void followsATransactionFromThePrimaryToALaggingStandby() throws Exception {
        PrimaryWithStandby.pause(source, replica);
        try (TcpProxy address = toPrimary()) {
            List<String> sent =
                    rowsSentAfterSwitchTo(address, by(at(address), "at", WatermarkType.TIMESTAMP));
            assertThat(sent).containsExactly("1", "3", "2");
        }
    }

    @Test
    void aQueryFollowsATransactionToALaggingStandby() throws Exception {
        PrimaryWithStandby.pause(source, replica);
        try (TcpProxy address = toPrimary()) {
            // row 3 is sent again: a complete read of the standby did not return it
            assertThat(rowsSentAfterSwitchTo(address, byQuery(at(address)))).contains("2");
        }
    }

    private static TcpProxy toPrimary() {
        return TcpProxy.listening().to(PAIR.primary().host(), PAIR.primary().port());
    }

    /**
     * Switches the address to a lagging standby, as before its promotion, and returns the sent ids.
     */
    private List<String> rowsSentAfterSwitchTo(TcpProxy address, Pipeline pipeline)
            throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(pipeline).retryingOutages();
                Connection writer = begin()) {
            harness.finishPolls(2);
            insert(writer, 2, "now()");
            harness.finishPolls(1);
            // row 2 is further below row 3 than the lookback
            source.queryOne("SELECT pg_sleep(0.5)");
            source.execute("INSERT INTO t VALUES (3, now())");
            pollUntilOlderThanLookback(harness, 3, source);
            assertThat(harness.cells(0)).containsExactly("1", "3");

            address.refuseConnections();
            address.to(replica.host(), replica.port()).restore();
            harness.finishPolls(2);
            writer.commit();
            PrimaryWithStandby.resume(source, replica);
            harness.finishPolls(2);
            assertThat(harness.position().transactions().pins()).isEmpty();
            return harness.cells(0);
        }
    }

    private Database at(TcpProxy address) {
        return new Database(
                source.name(),
                source.jdbcUrl(),
                address.host(),
                address.port(),
                source.user(),
                source.password());
    }

    @Test
    void aQueryReadsBackToRowsThatReplayAdds() throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(byQuery(replica));
                Connection writer = begin()) {
            harness.finishPolls(2);
            insert(writer, 2, "now()");
            source.execute("INSERT INTO t VALUES (3, now())");
            PrimaryWithStandby.pause(source, replica);
            writer.commit();
            pollUntilOlderThanLookback(harness, 3);

            PrimaryWithStandby.resume(source, replica);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    /** Polls until the row is older than the lookback by the standby's clock. */
    private void pollUntilOlderThanLookback(SourceTestHarness harness, int id) throws Exception {
        pollUntilOlderThanLookback(harness, id, replica);
    }

    private static void pollUntilOlderThanLookback(
            SourceTestHarness harness, int id, Database server) throws Exception {
        String old =
                "SELECT now() > at + interval '%d ms' FROM t WHERE id = %d"
                        .formatted(LOOKBACK.toMillis(), id);
        harness.finishPolls(1);
        await().until(
                        () -> {
                            harness.finishPolls(1);
                            return server.queryOne(old);
                        },
                        "t"::equals);
        harness.finishPolls(2);
    }

    private Connection begin() throws SQLException {
        Connection writer = source.connect();
        writer.setAutoCommit(false);
        return writer;
    }

    private static void insert(Connection writer, int id, String at) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("INSERT INTO t VALUES (%d, %s)".formatted(id, at));
        }
    }

    private static Pipeline byQuery(Database database) {
        return PipelineBuilder.query(
                        database,
                        new PollQuery.Text("SELECT id, at FROM t WHERE at > "),
                        PollQuery.Placeholder.LAST_SYNC)
                .key("id")
                .capture(new Capture.ByQuery(LOOKBACK, ""))
                .schedule(new Schedule.Every(Duration.ofMillis(1)))
                .build();
    }

    private Pipeline byTime() {
        return by(replica, "at", WatermarkType.TIMESTAMP);
    }

    private Pipeline byNumber() {
        return by(replica, "n", WatermarkType.INTEGER);
    }

    private static Pipeline by(Database database, String column, WatermarkType type) {
        return PipelineBuilder.table(database, "t")
                .capture(
                        new Capture.ByWatermark(
                                column,
                                type,
                                "",
                                "UTC",
                                LOOKBACK,
                                20,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .polling()
                .build();
    }
}
