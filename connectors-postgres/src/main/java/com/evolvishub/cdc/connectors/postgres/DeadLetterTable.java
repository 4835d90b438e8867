package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Rows that the table could not take, in {@code evolvishub_cdc.dead_letter}. */
final class DeadLetterTable {

    // the server builds the JSON: each cell is its text or null
    private static final String INSERT =
            """
            INSERT INTO evolvishub_cdc.dead_letter
                (mapping, identity, number, operation, error, payload)
            SELECT ?, ?, ?, ?, ?, coalesce(json_object(?::text[], ?::text[]), '{}')""";

    private DeadLetterTable() {}

    static void write(PostgresSession session, Pipeline pipeline, ChangeRow row, String error)
            throws SQLException {
        List<Column> columns =
                row.operation() == Operation.DELETE
                        ? row.schema().keyColumns()
                        : row.schema().columns();
        List<byte[]> cells = CopyText.cells(row.line());
        String[] names = columns.stream().map(Column::target).toArray(String[]::new);
        String[] values = new String[names.length];
        for (int i = 0; i < values.length; i++) {
            byte[] cell = cells.get(i);
            values[i] = CopyText.isNull(cell) ? null : CopyText.unescape(cell);
        }
        try (PreparedStatement insert = session.connection().prepareStatement(INSERT)) {
            insert.setString(1, pipeline.mapping());
            insert.setString(2, pipeline.identity());
            insert.setLong(3, row.sequence());
            insert.setString(4, String.valueOf(row.operation().code()));
            insert.setString(5, error);
            Array nameArray = session.connection().createArrayOf("text", names);
            Array valueArray = session.connection().createArrayOf("text", values);
            insert.setArray(6, nameArray);
            insert.setArray(7, valueArray);
            insert.executeUpdate();
        }
    }
}
