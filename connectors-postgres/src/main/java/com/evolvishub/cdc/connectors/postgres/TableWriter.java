package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Writes batches of one schema into the table, inside the caller's transaction. */
final class TableWriter {

    private final PostgresSession session;
    private final RowIdentity identity;
    private final WriteStatements statements;
    private final LatestVersions latestVersions;

    TableWriter(
            PostgresSession session,
            TableDescription table,
            RowSchema schema,
            RowIdentity identity) {
        this.session = session;
        this.identity = identity;
        this.statements = new WriteStatements(table, schema, identity);
        this.latestVersions = new LatestVersions(schema, identity);
    }

    /** Makes the temporary tables that {@link #merge} needs. */
    void prepareMerge() throws SQLException {
        for (String sql : statements.createTemporaryTables()) {
            session.execute(sql);
        }
        session.commit();
    }

    /**
     * Puts rows in without looking for older versions of them. Deletes are left out: without a key
     * there is nothing they could name.
     */
    void append(List<ChangeRow> rows) throws SQLException {
        copy(statements.copyIntoTable(), rows);
    }

    /** Puts the latest version of each row in the place of an older one, or takes it out. */
    void merge(List<ChangeRow> rows) throws SQLException, BadRowException {
        Collection<ChangeRow> latest = latestVersions.of(rows);
        List<ChangeRow> deletes =
                latest.stream().filter(row -> row.operation() == Operation.DELETE).toList();
        // deletes first: a value that must be unique may move from a row that goes to one that
        // comes
        if (!deletes.isEmpty()) {
            copyKeys(deletes);
            session.execute(statements.delete());
        }
        if (deletes.size() < latest.size()) {
            copy(statements.copyIntoRows(), latest);
            session.execute(statements.merge());
        }
    }

    private void copy(String sql, Collection<ChangeRow> rows) throws SQLException {
        try (CopyLines lines = new CopyLines(session.copyManager(), sql)) {
            for (ChangeRow row : rows) {
                if (row.operation() == Operation.DELETE) {
                    continue;
                }
                if (identity == RowIdentity.ROW_ID) {
                    lines.line(row.line(), row.rowId());
                } else {
                    lines.line(row.line());
                }
            }
            lines.finish();
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
