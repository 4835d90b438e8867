package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibility;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.WriteSideEffects;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Writes batches of one schema into the table, in the caller's transaction. */
public final class TableWriter {

    private final PostgresSession session;
    private final RowKeyKind keyKind;
    private final WriteStatements statements;
    private final LatestRowVersions latestVersions;
    private final TableCompatibility.Cells cells;
    private final String shape;
    private final WriteSideEffects rules;
    private long skipped;
    private Optional<String> recordKeysSql = Optional.empty();

    /**
     * @param table read after {@link #shape}, so that a change in between is detected
     * @param shape fingerprint of the table at that time
     */
    public TableWriter(
            PostgresSession session,
            TableDescription table,
            TableCompatibility fit,
            RowKeyKind keyKind,
            String shape) {
        this.session = session;
        this.keyKind = keyKind;
        this.statements =
                new WriteStatements(table, fit, keyKind, BatchStaging.IN_TEMPORARY_TABLES);
        this.latestVersions = new LatestRowVersions(fit.schema(), keyKind);
        this.cells = fit.cells();
        this.shape = shape;
        this.rules = table.rules();
    }

    /** Returns a fingerprint of the table's current definition. */
    public static String shape(PostgresSession session, TableDescription table)
            throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(WriteStatements.shape(table))) {
            return row.next() ? row.getString(1) : "";
        } finally {
            session.rollback();
        }
    }

    /**
     * Whether the table is unchanged. It stays so until the transaction ends: changed columns could
     * round or truncate values that the checked columns hold.
     */
    public boolean isUnchanged() throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(statements.lockAndShape());
            statement.getMoreResults();
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                return row.next() && Objects.equals(row.getString(1), shape);
            }
        }
    }

    /** Creates the temporary tables that {@link #merge} needs. */
    void prepareMerge() throws SQLException {
        if (!session.isPooled()) {
            createTemporaryTables("DELETE ROWS");
            session.commit();
        }
    }

    /**
     * Creates them for one transaction, behind a pooler: those of the last transaction belong to
     * another server process.
     */
    private void createTransactionTables() throws SQLException {
        if (session.isPooled()) {
            createTemporaryTables("DROP");
        }
    }

    private void createTemporaryTables(String atCommit) throws SQLException {
        for (String sql : statements.createTemporaryTables(atCommit)) {
            session.execute(sql);
        }
    }

    /** Makes each later {@link #merge} record its keys in this table. */
    void recordKeysIn(String loadedKeys) {
        recordKeysSql = Optional.of(statements.recordKeys(loadedKeys));
    }

    /** Stops recording keys. */
    void stopRecordingKeys() {
        recordKeysSql = Optional.empty();
    }

    /**
     * Returns the number of rows of the last {@link #append} or {@link #merge} that the server
     * skipped without an error.
     */
    public long skipped() {
        return skipped;
    }

    /**
     * Inserts rows without a merge. Deletes are omitted: without a key they cannot identify a row.
     * Under row-level security the server accepts no COPY into the table; {@link #prepareMerge}
     * must have been called.
     */
    public void append(List<ChangeRow> rows) throws SQLException, RowRejectedException {
        long sent = rows.stream().filter(row -> row.operation() != Operation.DELETE).count();
        if (rules.rowSecurity()) {
            createTransactionTables();
            copy(statements.copyIntoRows(), rows);
            skipped = sent - session.update(statements.insert());
        } else {
            skipped = sent - copy(statements.copyIntoTable(), rows);
        }
    }

    /** Merges the latest version of each row by key: inserts, updates or deletes it. */
    void merge(List<ChangeRow> rows) throws SQLException, RowRejectedException {
        skipped = 0;
        createTransactionTables();
        Collection<ChangeRow> latest = latestVersions.of(rows);
        List<ChangeRow> deletes =
                latest.stream().filter(row -> row.operation() == Operation.DELETE).toList();
        // deletes first: a unique value may move from a deleted row to an inserted one
        if (!deletes.isEmpty()) {
            copyKeys(deletes);
            long deleted = session.update(statements.delete());
            if (rules.rowSecurity()) {
                // rows that a policy hides cannot be counted
                skipped += deletes.size() - deleted;
            } else if (rules.maySkip()) {
                skipped += session.number(statements.countUndeleted());
            }
        }
        if (deletes.size() < latest.size()) {
            copy(statements.copyIntoRows(), latest);
            if (recordKeysSql.isPresent()) {
                session.execute(recordKeysSql.get());
            }
            rejectChangedIdentities();
            session.execute(statements.merge());
            if (rules.maySkip()) {
                skipped += session.number(statements.countUnmerged());
            }
        }
    }

    private void rejectChangedIdentities() throws SQLException, RowRejectedException {
        Optional<String> select = statements.changedIdentities();
        if (select.isEmpty()) {
            return;
        }
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(select.get())) {
            if (row.next()) {
                throw new RowRejectedException(row.getString(1), null);
            }
        }
    }

    private long copy(String sql, Collection<ChangeRow> rows)
            throws SQLException, RowRejectedException {
        CopyLineWriter copy = new CopyLineWriter(session.copyManager(), sql);
        try (CopyLineWriter lines = copy) {
            for (ChangeRow row : rows) {
                if (row.operation() == Operation.DELETE) {
                    continue;
                }
                byte[] line = cells.of(row.line());
                if (keyKind == RowKeyKind.ROW_ID) {
                    lines.line(line, row.rowId());
                } else {
                    lines.line(line);
                }
            }
            return lines.finish();
        } catch (SQLException e) {
            if (PostgresErrorClassifier.isCopyRowRejected(e)) {
                throw new RowRejectedException(PostgresErrorClassifier.message(e), e);
            }
            throw e;
        }
    }

    private void copyKeys(List<ChangeRow> deletes) throws SQLException {
        try (CopyLineWriter lines =
                new CopyLineWriter(session.copyManager(), statements.copyIntoKeys())) {
            for (ChangeRow row : deletes) {
                if (keyKind == RowKeyKind.ROW_ID) {
                    lines.rowId(row.rowId());
                } else {
                    lines.line(row.line());
                }
            }
            lines.finish();
        }
    }
}
