package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibility;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.WriteSideEffects;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Writes batches of one schema into the table, in a transaction that will be prepared. */
public final class ArrayMergeWriter {

    private final PostgresSession session;
    private final RowKeyKind keyKind;
    private final WriteStatements statements;
    private final LatestRowVersions latestVersions;
    private final TableCompatibility.Cells cells;
    private final WriteSideEffects rules;
    private long skipped;

    public ArrayMergeWriter(
            PostgresSession session,
            TableDescription table,
            TableCompatibility fit,
            RowKeyKind keyKind)
            throws SQLException {
        this.session = session;
        this.keyKind = keyKind;
        this.statements = new WriteStatements(table, fit, keyKind, ArrayStaging.of(session, table));
        this.latestVersions = new LatestRowVersions(fit.schema(), keyKind);
        this.cells = fit.cells();
        this.rules = table.rules();
    }

    /** Returns the number of rows of the last batch that the server skipped without an error. */
    public long skipped() {
        return skipped;
    }

    /** Inserts rows without a merge, where COPY is not possible. */
    public void append(List<ChangeRow> rows) throws SQLException {
        List<ChangeRow> sent =
                rows.stream().filter(row -> row.operation() != Operation.DELETE).toList();
        skipped = 0;
        if (!sent.isEmpty()) {
            try (PreparedStatement insert = prepared(statements.insert(), arrays(sent))) {
                skipped = sent.size() - insert.executeLargeUpdate();
            }
        }
    }

    /** Merges the latest version of each row by key: inserts, updates or deletes it. */
    public void merge(List<ChangeRow> rows) throws SQLException, RowRejectedException {
        skipped = 0;
        List<ChangeRow> deletes = new ArrayList<>();
        List<ChangeRow> others = new ArrayList<>();
        Collection<ChangeRow> latest = latestVersions.of(rows);
        for (ChangeRow row : latest) {
            (row.operation() == Operation.DELETE ? deletes : others).add(row);
        }
        // deletes first, as in the merge from temporary tables
        if (!deletes.isEmpty()) {
            String[][] keys = arrays(deletes);
            try (PreparedStatement delete = prepared(statements.delete(), keys)) {
                long deleted = delete.executeLargeUpdate();
                skipped += rules.rowSecurity() ? deletes.size() - deleted : 0;
            }
            if (rules.triggers() && !rules.rowSecurity()) {
                skipped += number(statements.countUndeleted(), keys);
            }
        }
        if (!others.isEmpty()) {
            String[][] arrays = arrays(others);
            rejectChangedIdentities(arrays);
            try (PreparedStatement merge = prepared(statements.merge(), arrays)) {
                merge.executeUpdate();
            }
            if (rules.maySkip()) {
                skipped += number(statements.countUnmerged(), arrays);
            }
        }
    }

    private void rejectChangedIdentities(String[][] arrays)
            throws SQLException, RowRejectedException {
        Optional<String> select = statements.changedIdentities();
        if (select.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = prepared(select.get(), arrays);
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                throw new RowRejectedException(row.getString(1), null);
            }
        }
    }

    private long number(String sql, String[][] arrays) throws SQLException {
        try (PreparedStatement select = prepared(sql, arrays);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private PreparedStatement prepared(String sql, String[][] arrays) throws SQLException {
        PreparedStatement statement = session.connection().prepareStatement(sql);
        for (int i = 0; i < arrays.length; i++) {
            statement.setArray(i + 1, session.connection().createArrayOf("text", arrays[i]));
        }
        return statement;
    }

    /** Returns one array per column; for deletes only the key columns. */
    private String[][] arrays(List<ChangeRow> rows) {
        String[][] arrays = null;
        for (int i = 0; i < rows.size(); i++) {
            List<byte[]> row = cells(rows.get(i));
            if (arrays == null) {
                arrays = new String[row.size()][rows.size()];
            }
            for (int column = 0; column < arrays.length; column++) {
                byte[] cell = row.get(column);
                arrays[column][i] = CopyText.isNull(cell) ? null : CopyText.unescape(cell);
            }
        }
        return arrays;
    }

    private List<byte[]> cells(ChangeRow row) {
        boolean delete = row.operation() == Operation.DELETE;
        List<byte[]> values = new ArrayList<>();
        if (!delete || keyKind == RowKeyKind.KEY) {
            values.addAll(CopyText.cells(delete ? row.line() : cells.of(row.line())));
        }
        if (keyKind == RowKeyKind.ROW_ID) {
            values.add(CopyText.escape("\\x" + HexFormat.of().formatHex(row.rowId())));
        }
        return values;
    }
}
