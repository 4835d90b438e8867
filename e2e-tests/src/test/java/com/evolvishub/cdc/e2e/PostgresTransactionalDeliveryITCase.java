package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code delivery: transactional} to PostgreSQL, with the command line tool. */
class PostgresTransactionalDeliveryITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";
    private static final String TRANSACTIONAL = "delivery: transactional\n";

    @TempDir private Path directory;
    private Database source;
    private Database destination;
    private int round = 1;
    private int commits;
    private String lastVisible = "";

    @BeforeEach
    void createSource(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "CREATE TABLE stock (id int PRIMARY KEY, amount numeric)",
                "CREATE TABLE events (note text, at timestamptz NOT NULL)");
    }

    @Test
    void makesTheRowsOfACheckpointVisibleTogether() throws Exception {
        // one write batch: as soon as some rows are written, all are
        source.execute(
                "INSERT INTO orders SELECT i, 'x', now() - interval '1 h' FROM generate_series(1, 5000) i");
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        // longer than this test: the only checkpoint is the savepoint at the end
                        .with("checkpoint:\n  interval_seconds: 3600")
                        .mapping("orders", "orders", "copied", WATERMARK, TRANSACTIONAL);

        try (CliThread running = setup.startInThisJvm()) {
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> {
                                assertThat(running.isRunning()).as(running.output()).isTrue();
                                assertThat(openWriters("copied")).isEqualTo("1");
                            });
            assertThat(count("copied")).isEqualTo("0");
            running.interrupt();
            CliProcess.Ended ended = running.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }

        assertThat(count("copied")).isEqualTo("5000");
        assertThat(preparedTransactions()).isEqualTo("0");
    }

    /** The number of open transactions that have written to a table. */
    private String openWriters(String table) {
        return destination.queryOne(
                "SELECT count(*) FROM pg_locks WHERE relation = to_regclass('%s') AND mode = 'RowExclusiveLock'"
                        .formatted(table));
    }

    /**
     * All kinds of mappings at the same time, each with repeated changes of the same keys: a
     * transaction that waits for its checkpoint must not block the next one.
     */
    @Test
    void deliversUpdatesAndDeletesExactlyOnceAfterAKill() throws Exception {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("shared_checkpoints: true")
                        .with("global_sync:\n  interval_seconds: 0.1")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mapping("orders", "orders", "orders", WATERMARK, TRANSACTIONAL)
                        .mapping(
                                "stock",
                                "stock",
                                "stock",
                                TRANSACTIONAL,
                                "capture: diff\nmax_delete_ratio: 1\n")
                        .mapping("events", "events", "events", WATERMARK, TRANSACTIONAL);
        try (CliProcess first = setup.start()) {
            change(round);
            await().atMost(TIMEOUT).until(() -> !first.isRunning() || !visible().isEmpty());
            // a pipeline that waits for its own locks, a minute each time, would not get this far
            await().atMost(TIMEOUT)
                    // each check changes every row
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> !first.isRunning() || commitsAmongChanges() >= 8);
            assertThat(first.isRunning()).as(first.output()).isTrue();
            // kill in the middle of a commit, if possible
            awaitPrepared();
            first.kill();
        }
        change(++round);

        try (CliThread second = setup.startInThisJvm()) {
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> {
                                assertThat(second.isRunning()).as(second.output()).isTrue();
                                assertSame("orders", "id, note, at");
                                assertSame("stock", "id, amount");
                                assertSame("events", "note, at");
                            });
            second.interrupt();
            CliProcess.Ended ended = second.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }

        assertSame("events", "note, at");
        assertThat(preparedTransactions()).isEqualTo("0");
    }

    @Test
    void reportsAnUnavailableDestinationAndResumesWhenItIsBack() throws Exception {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mapping("events", "events", "events", WATERMARK, TRANSACTIONAL);
        try (CliThread running = setup.startInThisJvm()) {
            change(1);
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> count("events").equals("20"));
            source.execute(
                    "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false".formatted(destination.name()),
                    "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'; END $$"
                            .formatted(destination.name()));
            change(2);

            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    setup.command(
                                                                    "status",
                                                                    "--state-dir",
                                                                    setup.stateDirectory()
                                                                            .toString())
                                                            .output())
                                            .as(running.output())
                                            .contains("waiting for destination")
                                            .contains("not currently accepting connections"));
            source.execute(
                    "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true".formatted(destination.name()));

            await().atMost(TIMEOUT).ignoreExceptions().until(() -> count("events").equals("40"));
            running.interrupt();
            CliProcess.Ended ended = running.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }
        assertSame("events", "note, at");
        assertThat(preparedTransactions()).isEqualTo("0");
    }

    private int commitsAmongChanges() {
        change(++round);
        String now = visible();
        commits += now.equals(lastVisible) ? 0 : 1;
        lastVisible = now;
        return commits;
    }

    private void change(int number) {
        source.execute(
                "INSERT INTO orders SELECT i, 'round %1$d', clock_timestamp() FROM generate_series(1, 12000) i ON CONFLICT (id) DO UPDATE SET note = excluded.note, at = excluded.at"
                        .formatted(number),
                "INSERT INTO stock SELECT i, %1$d FROM generate_series(1, 50) i ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"
                        .formatted(number),
                "DELETE FROM stock WHERE id %% 5 = %d %% 5".formatted(number),
                "INSERT INTO events SELECT 'round %d, ' || i, clock_timestamp() FROM generate_series(1, 20) i"
                        .formatted(number));
    }

    /** A short summary of the destination's content; empty: nothing yet. */
    private String visible() {
        String tables =
                destination.queryOne(
                        "SELECT count(*) FROM pg_class WHERE relname IN ('orders', 'stock', 'events')");
        return tables.equals("3")
                ? destination.queryOne(
                        "SELECT coalesce(max(note) || (SELECT count(*) FROM events), '') FROM orders")
                : "";
    }

    private void assertSame(String table, String columns) {
        assertThat(EndToEndSetup.content(destination, table, columns))
                .isEqualTo(EndToEndSetup.content(source, table, columns));
    }

    private String count(String table) {
        return destination.queryOne("SELECT count(*) FROM " + table);
    }

    /**
     * Polls on one connection, because a transaction is prepared only for milliseconds. Changes
     * continue, because the last one may have been committed before the first query.
     */
    private void awaitPrepared() throws SQLException {
        try (Connection connection = destination.connect();
                PreparedStatement query =
                        connection.prepareStatement(
                                "SELECT 1 FROM pg_prepared_xacts WHERE database = current_database()")) {
            AtomicInteger queries = new AtomicInteger();
            await().atMost(TIMEOUT)
                    .pollInterval(Duration.ofMillis(1))
                    .until(
                            () -> {
                                if (queries.incrementAndGet() % 500 == 0) {
                                    change(++round);
                                }
                                try (ResultSet row = query.executeQuery()) {
                                    return row.next();
                                }
                            });
        }
    }

    private String preparedTransactions() {
        return destination.queryOne(
                "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
    }
}
