package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes the row of a dead letter into the table in its current form: one statement, in the
 * caller's transaction. Values are sent as untyped text, so that the columns' own input functions
 * read them, as in a COPY.
 */
final class DeadLetterReplayWriter {

    private final PostgresSession session;
    private final TableDescription table;
    private final StoredDeadLetter deadLetter;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> key;

    DeadLetterReplayWriter(
            PostgresSession session,
            TableDescription table,
            StoredDeadLetter deadLetter,
            SchemaChangePolicy schemaChange)
            throws RowRejectedException {
        this.session = session;
        this.table = table;
        this.deadLetter = deadLetter;
        boolean byRowId = deadLetter.keyKind() == RowKeyKind.ROW_ID;
        this.key = byRowId ? List.of(RowKeyKind.ROW_ID_COLUMN) : deadLetter.key();
        for (int i = 0; i < deadLetter.columns().size(); i++) {
            String column = deadLetter.columns().get(i);
            if (accepts(column, schemaChange)) {
                values.put(column, deadLetter.values().get(i));
            }
        }
        if (byRowId) {
            values.put(RowKeyKind.ROW_ID_COLUMN, "\\x" + deadLetter.rowId());
        }
        checkKey();
    }

    private boolean accepts(String column, SchemaChangePolicy schemaChange)
            throws RowRejectedException {
        if (table.column(column).isEmpty()) {
            if (schemaChange == SchemaChangePolicy.IGNORE) {
                return false;
            }
            throw new RowRejectedException(
                    "column %s: not in %s".formatted(SqlIdentifier.quote(column), table.quoted()),
                    null);
        }
        return !table.column(column).get().generated();
    }

    private void checkKey() throws RowRejectedException {
        if (!key.isEmpty() && !table.isUnique(key)) {
            throw new RowRejectedException(
                    "%s has no unique index on exactly the key's columns %s"
                            .formatted(table.quoted(), String.join(", ", key)),
                    null);
        }
        for (String column : key) {
            if (values.get(column) == null) {
                throw new RowRejectedException("a column of the key is NULL", null);
            }
        }
    }

    void write() throws SQLException {
        if (deadLetter.operation() == Operation.DELETE.code()) {
            if (!key.isEmpty()) {
                execute(
                        "DELETE FROM %s WHERE %s"
                                .formatted(
                                        table.quoted(), list(key, " AND ", name -> name + " = ?")),
                        key);
            }
            return;
        }
        List<String> columns = List.copyOf(values.keySet());
        execute(
                "INSERT INTO %s (%s) %sVALUES (%s)%s"
                        .formatted(
                                table.quoted(),
                                list(columns, ", ", name -> name),
                                columns.stream().anyMatch(this::isAlwaysIdentity)
                                        ? "OVERRIDING SYSTEM VALUE "
                                        : "",
                                list(columns, ", ", name -> "?"),
                                onConflict(columns)),
                columns);
    }

    private String onConflict(List<String> columns) {
        if (key.isEmpty()) {
            return "";
        }
        List<String> changed =
                columns.stream()
                        .filter(column -> !key.contains(column) && !isAlwaysIdentity(column))
                        .toList();
        return " ON CONFLICT (%s) DO %s"
                .formatted(
                        list(key, ", ", name -> name),
                        changed.isEmpty()
                                ? "NOTHING"
                                : "UPDATE SET "
                                        + list(
                                                changed,
                                                ", ",
                                                name -> name + " = excluded." + name));
    }

    /** A GENERATED ALWAYS identity column accepts a value only on insert. */
    private boolean isAlwaysIdentity(String column) {
        return table.column(column).map(TableColumn::identity).orElse(' ') == 'a';
    }

    private void execute(String sql, List<String> columns) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                String value = values.get(columns.get(i));
                if (value == null) {
                    statement.setNull(i + 1, Types.OTHER);
                } else {
                    statement.setObject(i + 1, value, Types.OTHER);
                }
            }
            statement.executeUpdate();
        }
    }

    private static String list(List<String> names, String between, UnaryOperator<String> each) {
        return names.stream()
                .map(SqlIdentifier::quote)
                .map(each)
                .collect(Collectors.joining(between));
    }
}
