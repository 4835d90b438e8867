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

/** {@code delivery: transactional} into PostgreSQL, by the command line tool. */
class PostgresTransactionalDeliveryITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";
    private static final String TRANSACTIONAL = "delivery: transactional\n";

    @TempDir private Path folder;
    private Database source;
    private Database destination;
    private int round = 1;
    private int commits;
    private String seen = "";

    @BeforeEach
    void fresh(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "CREATE TABLE stock (id int PRIMARY KEY, amount numeric)",
                "CREATE TABLE events (note text, at timestamptz NOT NULL)");
    }

    @Test
    void showsTheRowsOfACheckpointTogether() throws Exception {
        // as many as are written at a time: where there are some, there are all
        source.execute(
                "INSERT INTO orders SELECT i, 'x', now() - interval '1 h' FROM generate_series(1, 5000) i");
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        // longer than this test: the end is the first
                        .with("checkpoint:\n  interval_seconds: 3600")
                        .mapping("orders", "orders", "copied", WATERMARK, TRANSACTIONAL);

        try (CliThread running = road.startHere()) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                assertThat(running.isRunning()).as(running.output()).isTrue();
                                assertThat(writers("copied")).isEqualTo("1");
                            });
            assertThat(count("copied")).isEqualTo("0");
            running.interrupt();
            CliProcess.Ended ended = running.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }

        assertThat(count("copied")).isEqualTo("5000");
        assertThat(prepared()).isEqualTo("0");
    }

    /** How many have written to a table and are not done: its rows are not seen by others. */
    private String writers(String table) {
        return destination.queryOne(
                "SELECT count(*) FROM pg_locks WHERE relation = to_regclass('%s') AND mode = 'RowExclusiveLock'"
                        .formatted(table));
    }

    /**
     * All kinds of mappings at a time, each of them with rows of the same keys again and again: a
     * transaction that waits for its checkpoint must not be in the way of the next one.
     */
    @Test
    void keepsUpWithUpdatesAndDeletesThoughItIsKilled() throws Exception {
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
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
        try (CliProcess first = road.start()) {
            change(round);
            await().atMost(PATIENCE).until(() -> !first.isRunning() || !visible().isEmpty());
            // a lane that waits for its own locks, a minute each time, would not get so far
            await().atMost(PATIENCE)
                    // each look changes every row
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> !first.isRunning() || commitsAmongChanges() >= 8);
            assertThat(first.isRunning()).as(first.output()).isTrue();
            // in the middle of a commit, if it can be had
            awaitPrepared();
            first.kill();
        }
        change(++round);

        try (CliThread second = road.startHere()) {
            await().atMost(PATIENCE)
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
        assertThat(prepared()).isEqualTo("0");
    }

    @Test
    void saysWhatItWaitsForAndGoesOnWhenItIsThere() throws Exception {
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.2")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mapping("events", "events", "events", WATERMARK, TRANSACTIONAL);
        try (CliThread running = road.startHere()) {
            change(1);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> count("events").equals("20"));
            source.execute(
                    "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false".formatted(destination.name()),
                    "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'; END $$"
                            .formatted(destination.name()));
            change(2);

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    road.command(
                                                                    "status",
                                                                    "--state-dir",
                                                                    road.stateDirectory()
                                                                            .toString())
                                                            .output())
                                            .as(running.output())
                                            .contains("waiting for destination")
                                            .contains("not currently accepting connections"));
            source.execute(
                    "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true".formatted(destination.name()));

            await().atMost(PATIENCE).ignoreExceptions().until(() -> count("events").equals("40"));
            running.interrupt();
            CliProcess.Ended ended = running.await();
            assertThat(ended.exitCode()).as(ended.output()).isZero();
        }
        assertSame("events", "note, at");
        assertThat(prepared()).isEqualTo("0");
    }

    private int commitsAmongChanges() {
        change(++round);
        String now = visible();
        commits += now.equals(seen) ? 0 : 1;
        seen = now;
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

    /** What is in the destination, in short; empty: nothing yet. */
    private String visible() {
        String there =
                destination.queryOne(
                        "SELECT count(*) FROM pg_class WHERE relname IN ('orders', 'stock', 'events')");
        return there.equals("3")
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
     * Looks on one connection: a transaction is prepared for milliseconds only. Changes go on, for
     * the last one may have been committed before the first look.
     */
    private void awaitPrepared() throws SQLException {
        try (Connection connection = destination.connect();
                PreparedStatement look =
                        connection.prepareStatement(
                                "SELECT 1 FROM pg_prepared_xacts WHERE database = current_database()")) {
            AtomicInteger looks = new AtomicInteger();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(
                            () -> {
                                if (looks.incrementAndGet() % 500 == 0) {
                                    change(++round);
                                }
                                try (ResultSet found = look.executeQuery()) {
                                    return found.next();
                                }
                            });
        }
    }

    private String prepared() {
        return destination.queryOne(
                "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
    }
}
