package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads and writes dead letters in {@code evolvishub_cdc.dead_letter}. Does not commit. */
public final class DeadLetterTable {

    // the payload maps each column to its text or null
    private static final String INSERT =
            """
            INSERT INTO evolvishub_cdc.dead_letter
                (mapping, identity, number, operation, error, payload,
                 key_columns, row_id, key_text)
            VALUES (?, ?, ?, ?, ?, ?::json, ?, ?, ?)\
            """;

    private static final String SUPERSEDED =
            """
            CASE WHEN key_columns IS NULL
                 THEN 'an earlier build put it there, which did not note its key'
                 WHEN superseded_by IS NOT NULL
                 THEN 'row ' || superseded_by || ' of the same key came after it'
                 ELSE '' END AS superseded\
            """;

    private static final String SELECT =
            """
            SELECT id, mapping, number, operation, time, error, payload, %s
            FROM evolvishub_cdc.dead_letter WHERE identity = ? AND id > ? ORDER BY id LIMIT ?\
            """
                    .formatted(SUPERSEDED);

    private static final String LOCK =
            """
            SELECT operation, coalesce(key_columns, '{}') AS key_columns,
                   coalesce(encode(row_id, 'hex'), '') AS row_id, %s,
                   ARRAY(SELECT key FROM json_each_text(payload) WITH ORDINALITY ORDER BY ordinality)
                       AS columns,
                   ARRAY(SELECT value FROM json_each_text(payload) WITH ORDINALITY ORDER BY ordinality)
                       AS values
            FROM evolvishub_cdc.dead_letter WHERE identity = ? AND id = ? FOR UPDATE\
            """
                    .formatted(SUPERSEDED);

    private final PostgresSession session;
    private final Pipeline pipeline;

    public DeadLetterTable(PostgresSession session, Pipeline pipeline) {
        this.session = session;
        this.pipeline = pipeline;
    }

    public void write(ChangeRow row, RowKeyKind keyKind, String error) throws SQLException {
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
        DeadLetterTextEncoder encoder = DeadLetterTextEncoder.of(session);
        List<String> key = row.schema().keyColumns().stream().map(Column::target).toList();
        try (PreparedStatement insert = session.connection().prepareStatement(INSERT)) {
            insert.setString(1, pipeline.mapping());
            insert.setString(2, pipeline.identity());
            insert.setLong(3, row.sequence());
            insert.setString(4, String.valueOf(row.operation().code()));
            insert.setString(5, encoder.plain(error));
            insert.setString(6, encoder.object(names, values));
            insert.setArray(7, textArray(key.toArray(String[]::new)));
            if (keyKind == RowKeyKind.ROW_ID) {
                insert.setBytes(8, row.rowId());
            } else {
                insert.setNull(8, Types.BINARY);
            }
            insert.setString(
                    9, DeadLetterKeys.keyText(row, keyKind).map(encoder::plain).orElse(null));
            insert.executeUpdate();
        }
    }

    private Array textArray(String[] values) throws SQLException {
        return session.connection().createArrayOf("text", values);
    }

    /** Returns dead letters of the pipeline with a higher id, ordered by id. */
    List<DeadLetter> after(long id, int limit) throws SQLException {
        List<DeadLetter> deadLetters = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(SELECT)) {
            select.setString(1, pipeline.identity());
            select.setLong(2, id);
            select.setInt(3, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    deadLetters.add(
                            new DeadLetter(
                                    row.getString("id"),
                                    row.getString("mapping"),
                                    row.getLong("number"),
                                    row.getString("operation").charAt(0),
                                    row.getObject("time", OffsetDateTime.class).toInstant(),
                                    row.getString("error"),
                                    row.getString("payload"),
                                    row.getString("superseded")));
                }
            }
        }
        return deadLetters;
    }

    /**
     * Returns a dead letter with everything that a replay needs, locked until the end of the
     * transaction.
     */
    Optional<StoredDeadLetter> lock(long id) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(LOCK)) {
            select.setString(1, pipeline.identity());
            select.setLong(2, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        new StoredDeadLetter(
                                row.getString("operation").charAt(0),
                                list(row.getArray("columns")),
                                list(row.getArray("values")),
                                list(row.getArray("key_columns")),
                                row.getString("row_id"),
                                row.getString("superseded")));
            }
        }
    }

    private static List<String> list(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }

    void delete(long id) throws SQLException {
        try (PreparedStatement delete =
                session.connection()
                        .prepareStatement(
                                "DELETE FROM evolvishub_cdc.dead_letter"
                                        + " WHERE identity = ? AND id = ?")) {
            delete.setString(1, pipeline.identity());
            delete.setLong(2, id);
            delete.executeUpdate();
        }
    }
}
