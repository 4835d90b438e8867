package com.evolvishub.cdc.source.dedupe.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.PipelineTestCluster;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Statements that empty, rewrite or swap a table are not MVCC-safe: no poll may take their rows for
 * deleted.
 */
class LockedSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void aFullRefreshDeletesNothing(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 50) n");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "orders").build());
        awaitRows(running, 50);

        whilePollsAreBlocked(
                source,
                running,
                "TRUNCATE orders",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 50) n");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(50);
    }

    @Test
    void aFullRefreshOfOneBranchOfAViewDeletesNothing(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE north (id int, item text)",
                "CREATE TABLE south (id int, item text)",
                "CREATE VIEW both_of_them AS SELECT * FROM north UNION ALL SELECT * FROM south",
                "CREATE VIEW outer_view AS SELECT * FROM both_of_them",
                "INSERT INTO north SELECT n, 'n' FROM generate_series(1, 200) n",
                "INSERT INTO south SELECT n, 's' FROM generate_series(201, 400) n");
        RunningPipeline running =
                CLUSTER.run(PipelineBuilder.table(source, "outer_view").key("id").build());
        awaitRows(running, 400);

        whilePollsAreBlocked(
                source,
                running,
                "TRUNCATE south",
                "INSERT INTO south SELECT n, 's' FROM generate_series(201, 400) n");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(400);
    }

    @Test
    void aTableSwapDeletesNothing(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int, item text)",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 40) n");
        RunningPipeline running =
                CLUSTER.run(PipelineBuilder.table(source, "orders").key("id").build());
        awaitRows(running, 40);

        whilePollsAreBlocked(
                source,
                running,
                "CREATE TABLE orders_new AS SELECT * FROM orders",
                "ALTER TABLE orders RENAME TO orders_old",
                "ALTER TABLE orders_new RENAME TO orders");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(40);
    }

    @Test
    void aTableRewriteDeletesNothing(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 40) n");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "orders").build());
        awaitRows(running, 40);

        whilePollsAreBlocked(
                source,
                running,
                "ALTER TABLE orders ALTER item TYPE varchar(50) USING trim(item || ' ')");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(40);
    }

    @Test
    void aFullRefreshUnderAQueryDeletesNothing(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 50) n");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text(
                                                "SELECT o.id, o.item FROM orders o WHERE o.id > 0"))
                                .key("id")
                                .build());
        awaitRows(running, 50);

        whilePollsAreBlocked(
                source,
                running,
                "TRUNCATE orders",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 50) n");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(50);
    }

    @Test
    void aQueryForNewRowsKeepsItsDedupeStateDuringAFullRefresh(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO orders SELECT n, 'infinity' FROM generate_series(1, 50) n");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text("SELECT id, at FROM orders WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .key("id")
                                .build());
        awaitRows(running, 50);

        whilePollsAreBlocked(
                source,
                running,
                "TRUNCATE orders",
                "INSERT INTO orders SELECT n, 'infinity' FROM generate_series(1, 50) n");

        awaitMorePolls(running);
        assertThat(running.rows()).hasSize(50);
    }

    @Test
    void aWatermarkPollTakesItsSnapshotAfterTheLock(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, at bigint)",
                "INSERT INTO orders SELECT n, n FROM generate_series(1, 50) n");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("at", WatermarkType.INTEGER)
                                .build());
        awaitRows(running, 50);
        long polls = polls(running);

        whilePollsAreBlocked(
                source,
                running,
                "TRUNCATE orders",
                "INSERT INTO orders SELECT n, n FROM generate_series(1, 51) n");

        awaitRows(running, 51);
        // the poll blocked by the lock does not end before the lock is released
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(polls(running)).isGreaterThan(polls));
        assertThat(running.rows().get(50)).isEqualTo("UPSERT 51\t51");
    }

    @Test
    void theStatusNamesTheLockHolder(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "orders").build());
        awaitRows(running, 1);

        try (Connection holder = source.connect();
                Statement statement = holder.createStatement()) {
            statement.execute("SET application_name TO 'nightly'");
            holder.setAutoCommit(false);
            statement.execute("TRUNCATE orders");
            String pid =
                    String.valueOf(
                            holder.unwrap(org.postgresql.PGConnection.class).getBackendPID());
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () ->
                                    assertThat(cause(running))
                                            .contains("orders")
                                            .contains("pid " + pid)
                                            .contains("app nightly")
                                            .contains("TRUNCATE"));
            holder.commit();
        }
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(cause(running)).isEmpty());
        // the table stays empty
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () -> assertThat(running.rows()).containsExactly("INSERT 1", "DELETE 1"));
    }

    private static void whilePollsAreBlocked(
            Database source, RunningPipeline running, String... statements) throws Exception {
        try (Connection holder = source.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            for (String one : statements) {
                statement.execute(one);
            }
            await().atMost(TIMEOUT)
                    .until(() -> waitsForLock(source) || cause(running).contains("locked by"));
            holder.commit();
        }
    }

    private static boolean waitsForLock(Database source) {
        return !source.queryAll(
                        "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                                + " WHERE NOT l.granted AND a.datname = current_database()")
                .isEmpty();
    }

    private static String cause(RunningPipeline running) {
        return running.collected().gate.status().source().cause();
    }

    private static long polls(RunningPipeline running) {
        return running.elements().stream()
                .filter(element -> element instanceof PollEnded ended && ended.complete())
                .count();
    }

    /** The first poll may have started before. */
    private static void awaitMorePolls(RunningPipeline running) {
        long before = polls(running);
        await().atMost(TIMEOUT).until(() -> polls(running) >= before + 3);
    }

    private static void awaitRows(RunningPipeline running, int rows) {
        await().atMost(TIMEOUT).until(() -> running.rows().size() == rows);
    }
}
