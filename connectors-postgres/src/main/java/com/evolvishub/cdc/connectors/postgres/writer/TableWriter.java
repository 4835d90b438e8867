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

/** Writes batches of one schema into the table, inside the caller's transaction. */
public final class TableWriter {

    private final PostgresSession session;
    private final RowKeyKind identity;
    private final WriteStatements statements;
    private final LatestRowVersions latestVersions;
    private final TableCompatibility.Cells cells;
    private final String shape;
    private final WriteSideEffects rules;
    private long skipped;
    private Optional<String> noted = Optional.empty();

    /**
     * @param table read after {@link #shape}, so that what changes in between is noticed
     * @param shape the table's, when it was looked at
     */
    public TableWriter(
            PostgresSession session,
            TableDescription table,
            TableCompatibility fit,
            RowKeyKind identity,
            String shape) {
        this.session = session;
        this.identity = identity;
        this.statements =
                new WriteStatements(table, fit, identity, BatchStaging.IN_TEMPORARY_TABLES);
        this.latestVersions = new LatestRowVersions(fit.schema(), identity);
        this.cells = fit.cells();
        this.shape = shape;
        this.rules = table.rules();
    }

    /** What a table looks like now, in one text. */
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
     * Whether the table is still what it was looked at as, and stays so until the transaction's
     * end: text that its columns were fit for could be rounded or cut by others.
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

    /** Makes the temporary tables that {@link #merge} needs. */
    void prepareMerge() throws SQLException {
        if (!session.isPooled()) {
            makeTemporaryTables("DELETE ROWS");
            session.commit();
        }
    }

    /** Behind a pooler those of the last transaction are another server process's. */
    private void createTransactionTables() throws SQLException {
        if (session.isPooled()) {
            makeTemporaryTables("DROP");
        }
    }

    private void makeTemporaryTables(String atCommit) throws SQLException {
        for (String sql : statements.createTemporaryTables(atCommit)) {
            session.execute(sql);
        }
    }

    /** From here on each {@link #merge} notes its keys in this table. */
    void recordKeysIn(String loadedKeys) {
        noted = Optional.of(statements.recordKeys(loadedKeys));
    }

    /** Keys are no longer noted. */
    void stopRecordingKeys() {
        noted = Optional.empty();
    }

    /** Rows of the last {@link #append} or {@link #merge} that the server left out in silence. */
    public long skipped() {
        return skipped;
    }

    /**
     * Puts rows in without looking for older versions of them. Deletes are left out: without a key
     * there is nothing they could name. Under row-level security the server takes no COPY into the
     * table; {@link #prepareMerge} comes before that.
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

    /** Puts the latest version of each row in the place of an older one, or takes it out. */
    void merge(List<ChangeRow> rows) throws SQLException, RowRejectedException {
        skipped = 0;
        createTransactionTables();
        Collection<ChangeRow> latest = latestVersions.of(rows);
        List<ChangeRow> deletes =
                latest.stream().filter(row -> row.operation() == Operation.DELETE).toList();
        // deletes first: a value that must be unique may move from a row that goes to one that
        // comes
        if (!deletes.isEmpty()) {
            copyKeys(deletes);
            long gone = session.update(statements.delete());
            if (rules.rowSecurity()) {
                // what a policy hides cannot be counted
                skipped += deletes.size() - gone;
            } else if (rules.maySkip()) {
                skipped += session.number(statements.countUndeleted());
            }
        }
        if (deletes.size() < latest.size()) {
            copy(statements.copyIntoRows(), latest);
            if (noted.isPresent()) {
                session.execute(noted.get());
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
        CopyLineWriter begun = new CopyLineWriter(session.copyManager(), sql);
        try (CopyLineWriter lines = begun) {
            for (ChangeRow row : rows) {
                if (row.operation() == Operation.DELETE) {
                    continue;
                }
                byte[] line = cells.of(row.line());
                if (identity == RowKeyKind.ROW_ID) {
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
                if (identity == RowKeyKind.ROW_ID) {
                    lines.rowId(row.rowId());
                } else {
                    lines.line(row.line());
                }
            }
            lines.finish();
        }
    }
}
