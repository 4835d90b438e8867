package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Merges batches of one schema into the table, inside a transaction that is to be prepared. */
final class ArrayMerge {

    private final PostgresSession session;
    private final RowIdentity identity;
    private final WriteStatements statements;
    private final LatestVersions latestVersions;
    private final TableFit.Cells cells;
    private final ServerRules rules;
    private long skipped;

    ArrayMerge(PostgresSession session, TableDescription table, TableFit fit, RowIdentity identity)
            throws SQLException {
        this.session = session;
        this.identity = identity;
        this.statements =
                new WriteStatements(table, fit, identity, ArrayStaging.of(session, table));
        this.latestVersions = new LatestVersions(fit.schema(), identity);
        this.cells = fit.cells();
        this.rules = table.rules();
    }

    /** Rows of the last batch that the server left out in silence. */
    long skipped() {
        return skipped;
    }

    /** Puts rows in without looking for older versions of them, where COPY is not taken. */
    void append(List<ChangeRow> rows) throws SQLException {
        List<ChangeRow> sent =
                rows.stream().filter(row -> row.operation() != Operation.DELETE).toList();
        skipped = 0;
        if (!sent.isEmpty()) {
            try (PreparedStatement insert = prepared(statements.insert(), arrays(sent))) {
                skipped = sent.size() - insert.executeLargeUpdate();
            }
        }
    }

    /** Puts the latest version of each row in the place of an older one, or takes it out. */
    void merge(List<ChangeRow> rows) throws SQLException, BadRowException {
        skipped = 0;
        List<ChangeRow> deletes = new ArrayList<>();
        List<ChangeRow> others = new ArrayList<>();
        Collection<ChangeRow> latest = latestVersions.of(rows);
        for (ChangeRow row : latest) {
            (row.operation() == Operation.DELETE ? deletes : others).add(row);
        }
        // deletes first, as where rows are merged from temporary tables
        if (!deletes.isEmpty()) {
            String[][] keys = arrays(deletes);
            try (PreparedStatement delete = prepared(statements.delete(), keys)) {
                long gone = delete.executeLargeUpdate();
                skipped += rules.rowSecurity() ? deletes.size() - gone : 0;
            }
            if (rules.triggers() && !rules.rowSecurity()) {
                skipped += number(statements.countUndeleted(), keys);
            }
        }
        if (!others.isEmpty()) {
            String[][] arrays = arrays(others);
            refuseChangedIdentities(arrays);
            try (PreparedStatement merge = prepared(statements.merge(), arrays)) {
                merge.executeUpdate();
            }
            if (rules.maySkip()) {
                skipped += number(statements.countUnmerged(), arrays);
            }
        }
    }

    private void refuseChangedIdentities(String[][] arrays) throws SQLException, BadRowException {
        Optional<String> select = statements.changedIdentities();
        if (select.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = prepared(select.get(), arrays);
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                throw new BadRowException(row.getString(1), null);
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

    /** Column by column; of a delete its key. */
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
        if (!delete || identity == RowIdentity.KEY) {
            values.addAll(CopyText.cells(delete ? row.line() : cells.of(row.line())));
        }
        if (identity == RowIdentity.ROW_ID) {
            values.add(CopyText.escape("\\x" + HexFormat.of().formatHex(row.rowId())));
        }
        return values;
    }
}
