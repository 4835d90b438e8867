package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Writes batches of one schema into the table, inside the caller's transaction. */
final class TableWriter {

    private final PostgresSession session;
    private final RowIdentity identity;
    private final WriteStatements statements;
    private final LatestVersions latestVersions;
    private final TableFit.Cells cells;
    private final String shape;
    private final ServerRules rules;
    private long skipped;
    private Optional<String> noted = Optional.empty();

    /**
     * @param table read after {@link #shape}, so that what changes in between is noticed
     * @param shape the table's, when it was looked at
     */
    TableWriter(
            PostgresSession session,
            TableDescription table,
            TableFit fit,
            RowIdentity identity,
            String shape) {
        this.session = session;
        this.identity = identity;
        this.statements = new WriteStatements(table, fit, identity, Staging.IN_TEMPORARY_TABLES);
        this.latestVersions = new LatestVersions(fit.schema(), identity);
        this.cells = fit.cells();
        this.shape = shape;
        this.rules = table.rules();
    }

    /** What a table looks like now, in one text. */
    static String shape(PostgresSession session, TableDescription table) throws SQLException {
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
    boolean fitsStill() throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(statements.holdAndShape());
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
    private void makeThoseOfTheTransaction() throws SQLException {
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
    void noteKeysIn(String loadedKeys) {
        noted = Optional.of(statements.noteKeys(loadedKeys));
    }

    /** Keys are no longer noted. */
    void noteNoKeys() {
        noted = Optional.empty();
    }

    /** Rows of the last {@link #append} or {@link #merge} that the server left out in silence. */
    long skipped() {
        return skipped;
    }

    /**
     * Puts rows in without looking for older versions of them. Deletes are left out: without a key
     * there is nothing they could name. Under row-level security the server takes no COPY into the
     * table; {@link #prepareMerge} comes before that.
     */
    void append(List<ChangeRow> rows) throws SQLException, BadRowException {
        long sent = rows.stream().filter(row -> row.operation() != Operation.DELETE).count();
        if (rules.rowSecurity()) {
            makeThoseOfTheTransaction();
            copy(statements.copyIntoRows(), rows);
            skipped = sent - session.update(statements.insert());
        } else {
            skipped = sent - copy(statements.copyIntoTable(), rows);
        }
    }

    /** Puts the latest version of each row in the place of an older one, or takes it out. */
    void merge(List<ChangeRow> rows) throws SQLException, BadRowException {
        skipped = 0;
        makeThoseOfTheTransaction();
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
            refuseChangedIdentities();
            session.execute(statements.merge());
            if (rules.maySkip()) {
                skipped += session.number(statements.countUnmerged());
            }
        }
    }

    private void refuseChangedIdentities() throws SQLException, BadRowException {
        Optional<String> select = statements.changedIdentities();
        if (select.isEmpty()) {
            return;
        }
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(select.get())) {
            if (row.next()) {
                throw new BadRowException(row.getString(1), null);
            }
        }
    }

    private long copy(String sql, Collection<ChangeRow> rows) throws SQLException, BadRowException {
        CopyLines begun = new CopyLines(session.copyManager(), sql);
        try (CopyLines lines = begun) {
            for (ChangeRow row : rows) {
                if (row.operation() == Operation.DELETE) {
                    continue;
                }
                byte[] line = cells.of(row.line());
                if (identity == RowIdentity.ROW_ID) {
                    lines.line(line, row.rowId());
                } else {
                    lines.line(line);
                }
            }
            return lines.finish();
        } catch (SQLException e) {
            if (SqlStates.blamesRowOfCopy(e)) {
                throw new BadRowException(SqlStates.message(e), e);
            }
            throw e;
        }
    }

    private void copyKeys(List<ChangeRow> deletes) throws SQLException {
        try (CopyLines lines = new CopyLines(session.copyManager(), statements.copyIntoKeys())) {
            for (ChangeRow row : deletes) {
                if (identity == RowIdentity.ROW_ID) {
                    lines.rowId(row.rowId());
                } else {
                    lines.line(row.line());
                }
            }
            lines.finish();
        }
    }
}
