package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Changes the tables of one source. In each tick and for each table it inserts a row with its
 * creation time, updates five older rows, and deletes a row if the mapping delivers deletes, all in
 * one transaction per table.
 */
final class SourceWriter implements AutoCloseable {

    private static final int FIRST_ROWS = 300;
    private static final int KEPT_ROWS = 500;
    private static final long PAUSE_MILLIS = 300;

    private final Database source;
    private final List<BenchMapping> mappings;
    private final Lock writing = new ReentrantLock(true);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "writers");
    private volatile SQLException failure;

    SourceWriter(Database source, BenchEndpoint endpoint) {
        this.source = source;
        this.mappings =
                BenchMapping.ALL.stream().filter(mapping -> mapping.source() == endpoint).toList();
        for (BenchMapping mapping : mappings) {
            source.execute(
                    """
                    CREATE TABLE %s (
                        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        changed timestamptz NOT NULL DEFAULT clock_timestamp(),
                        born_millis bigint NOT NULL
                            DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000),
                        version bigint NOT NULL DEFAULT 0)
                    """
                            .formatted(mapping.table()),
                    "CREATE INDEX ON %s (changed)".formatted(mapping.table()),
                    "INSERT INTO %s (version) SELECT 0 FROM generate_series(1, %d)"
                            .formatted(mapping.table(), FIRST_ROWS));
        }
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Waits for the running transaction; none begins until {@link #resume}. */
    void pause() {
        writing.lock();
    }

    /** Ends a {@link #pause} of the same thread. */
    void resume() {
        writing.unlock();
    }

    /** The error that has ended the changes; empty: none. */
    Optional<SQLException> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                for (BenchMapping mapping : mappings) {
                    tick(statement, mapping);
                }
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick(Statement statement, BenchMapping mapping) throws SQLException {
        String table = mapping.table();
        String sql =
                """
                UPDATE %1$s SET version = version + 1, changed = clock_timestamp()
                WHERE id IN (SELECT (SELECT max(id) FROM %1$s) - floor(random() * %2$d)::bigint
                             FROM generate_series(1, 5));
                """
                        .formatted(table, KEPT_ROWS);
        if (mapping.deliversDeletes()) {
            sql +=
                    "DELETE FROM %1$s WHERE id < (SELECT max(id) FROM %1$s) - %2$d;"
                            .formatted(table, KEPT_ROWS);
        }
        writing.lock();
        try {
            // last, so that its time is close to the commit
            statement.execute(sql + "INSERT INTO %s DEFAULT VALUES".formatted(table));
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
