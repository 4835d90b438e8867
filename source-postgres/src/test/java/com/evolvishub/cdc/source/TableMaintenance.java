package com.evolvishub.cdc.source;

import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Somebody who takes the table {@code t} for himself, in transactions that change no row: locks it,
 * fills it anew, swaps it for a copy.
 */
final class TableMaintenance implements AutoCloseable {

    /** A poll that holds the table is over after fewer steps. */
    private static final int TRIES = 40;

    private final Connection connection;

    TableMaintenance(Database database) throws SQLException {
        connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            // who waits for a poll gives up: there is one thread
            statement.execute("SET lock_timeout = '1ms'");
        }
        connection.setAutoCommit(false);
    }

    /** Polls are tried while the table is locked, if nobody else has it. */
    void whileLocked(SourceTestHarness lane, int steps) throws Exception {
        if (inTransaction("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")) {
            for (int i = 0; i < steps; i++) {
                lane.step();
            }
            connection.commit();
        }
    }

    /** Every row is written anew, by {@code TRUNCATE} or into a table that takes the place. */
    void refresh(SourceTestHarness lane, boolean swap) throws Exception {
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
                lane.step();
                connection.commit();
                return;
            }
            lane.step();
        }
    }

    /** Begins one and runs the statements; false if somebody was in the way. */
    private boolean inTransaction(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
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
