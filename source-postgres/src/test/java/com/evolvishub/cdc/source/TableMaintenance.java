package com.evolvishub.cdc.source;

import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Maintenance that locks the table {@code t} in transactions that change no row: locks it, rewrites
 * it, swaps it for a copy.
 */
final class TableMaintenance implements AutoCloseable {

    /** Maximum attempts: a poll that locks the table ends after fewer steps. */
    private static final int TRIES = 40;

    private final Connection connection;

    TableMaintenance(Database database) throws SQLException {
        connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            // a statement that waits for a poll fails: there is only one thread
            statement.execute("SET lock_timeout = '1ms'");
        }
        connection.setAutoCommit(false);
    }

    /** Polls while the table is locked, if it can be locked. */
    void whileLocked(SourceTestHarness harness, int steps) throws Exception {
        if (inTransaction("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")) {
            for (int i = 0; i < steps; i++) {
                harness.step();
            }
            connection.commit();
        }
    }

    /** Writes every row again, with {@code TRUNCATE} or into a replacement table. */
    void refresh(SourceTestHarness harness, boolean swap) throws Exception {
        String[] statements =
                swap
                        ? new String[] {
                            "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
                            "CREATE TABLE fresh (LIKE t INCLUDING ALL)",
                            "INSERT INTO fresh SELECT * FROM t",
                            "ALTER TABLE t RENAME TO old",
                            "ALTER TABLE fresh RENAME TO t",
                            "CREATE OR REPLACE VIEW w AS SELECT * FROM t",
                            "DROP TABLE old"
                        }
                        : new String[] {
                            "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM t",
                            "TRUNCATE t",
                            "INSERT INTO t SELECT * FROM kept"
                        };
        for (int i = 0; i < TRIES; i++) {
            if (inTransaction(statements)) {
                harness.step();
                connection.commit();
                return;
            }
            harness.step();
        }
    }

    /** Runs the statements in a new transaction; false if another session holds a lock. */
    private boolean inTransaction(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return true;
        } catch (SQLException conflict) {
            connection.rollback();
            if (!"55P03".equals(conflict.getSQLState())) {
                throw conflict;
            }
            return false;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
