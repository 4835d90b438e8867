package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.connectors.postgres.TableDescription.TableColumn;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The SQL that writes rows of one schema into one table. Aliases are ours, names all quoted. */
final class WriteStatements {

    private final TableDescription table;
    private final List<String> columns;
    private final List<String> key;

    WriteStatements(TableDescription table, RowSchema schema, RowIdentity identity) {
        this.table = table;
        List<String> written =
                new ArrayList<>(schema.columns().stream().map(Column::target).toList());
        if (identity == RowIdentity.ROW_ID) {
            written.add(RowIdentity.ROW_ID_COLUMN);
        }
        this.columns = List.copyOf(written);
        this.key = TableCheck.keyOf(schema, identity);
    }

    String copyIntoTable() {
        return "COPY %s (%s) FROM STDIN".formatted(table.quoted(), list(columns));
    }

    String copyIntoRows() {
        return "COPY pg_temp.cdc_rows FROM STDIN";
    }

    String copyIntoKeys() {
        return "COPY pg_temp.cdc_keys FROM STDIN";
    }

    /** Temporary tables with the destination's own types, emptied by each commit. */
    List<String> createTemporaryTables() {
        return List.of(
                "DROP TABLE IF EXISTS pg_temp.cdc_rows, pg_temp.cdc_keys",
                temporary("cdc_rows", columns),
                temporary("cdc_keys", key));
    }

    private String temporary(String name, List<String> selected) {
        return "CREATE TEMPORARY TABLE %s ON COMMIT DELETE ROWS AS SELECT %s FROM %s WITH NO DATA"
                .formatted(name, list(selected), table.quoted());
    }

    /**
     * Rows that are there already are left alone when nothing in them differs. They are compared as
     * records by {@code *<>}, which json and point have too, and which tells 1.0 from 1.00.
     */
    String merge() {
        List<String> changed =
                columns.stream()
                        .filter(column -> !key.contains(column) && settable(column))
                        .toList();
        String action =
                changed.isEmpty()
                        ? "NOTHING"
                        : "UPDATE SET %s WHERE ROW(%s)::record *<> ROW(%s)::record"
                                .formatted(
                                        list(changed, name -> name + " = excluded." + name),
                                        list(changed, name -> "cdc_t." + name),
                                        list(changed, name -> "excluded." + name));
        return "INSERT INTO %s AS cdc_t (%s) %sSELECT %s FROM pg_temp.cdc_rows ON CONFLICT (%s) DO %s"
                .formatted(
                        table.quoted(),
                        list(columns),
                        columns.stream().anyMatch(this::isAlwaysIdentity)
                                ? "OVERRIDING SYSTEM VALUE "
                                : "",
                        list(columns),
                        list(key),
                        action);
    }

    String delete() {
        return "DELETE FROM %s AS cdc_t USING pg_temp.cdc_keys AS cdc_k WHERE %s"
                .formatted(
                        table.quoted(),
                        key.stream()
                                .map(SqlIdentifier::quote)
                                .map(name -> "cdc_t." + name + " = cdc_k." + name)
                                .collect(Collectors.joining(" AND ")));
    }

    /** An identity column that is always generated takes a value when inserted, never later. */
    private boolean settable(String column) {
        return !isAlwaysIdentity(column);
    }

    private boolean isAlwaysIdentity(String column) {
        return table.column(column).map(TableColumn::identity).orElse(' ') == 'a';
    }

    private static String list(List<String> names) {
        return list(names, UnaryOperator.identity());
    }

    private static String list(List<String> names, UnaryOperator<String> each) {
        return names.stream().map(SqlIdentifier::quote).map(each).collect(Collectors.joining(", "));
    }
}
