package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.connectors.postgres.TableDescription.TableColumn;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what keeps rows of a schema out of a table, with the statement that mends it. */
final class TableCheck {

    private final TableDescription table;
    private final RowSchema schema;
    private final RowIdentity identity;
    private final List<String> problems = new ArrayList<>();

    private TableCheck(TableDescription table, RowSchema schema, RowIdentity identity) {
        this.table = table;
        this.schema = schema;
        this.identity = identity;
    }

    /** One line for each problem; empty: rows fit. */
    static List<String> problems(TableDescription table, RowSchema schema, RowIdentity identity) {
        TableCheck check = new TableCheck(table, schema, identity);
        check.kind();
        if (check.problems.isEmpty()) {
            schema.columns().forEach(check::column);
            check.columnsLeftOut();
            check.key();
        }
        return List.copyOf(check.problems);
    }

    private void kind() {
        boolean writable =
                switch (table.kind()) {
                    case 'r', 'p' -> true;
                    case 'f' -> identity == RowIdentity.NONE;
                    default -> false;
                };
        if (!writable) {
            problems.add(
                    "%s is no table that rows can be written to; expected a table"
                            .formatted(table.quoted()));
        }
    }

    private void column(Column column) {
        Optional<TableColumn> found = table.column(column.target());
        String name = SqlIdentifier.quote(column.target());
        if (found.isEmpty()) {
            problems.add(missing(column, name));
        } else if (found.get().generated()) {
            problems.add(
                    "column %s: computed by %s itself; leave it out with exclude_columns"
                            .formatted(name, table.quoted()));
        } else if (!TypeFit.fits(column.type().name(), found.get().baseType())) {
            problems.add(
                    ("column %s: source type %s does not fit destination type %s; ALTER TABLE %s"
                                    + " ALTER COLUMN %s TYPE %s")
                            .formatted(
                                    name,
                                    column.type().name(),
                                    found.get().type(),
                                    table.quoted(),
                                    name,
                                    column.type().name()));
        }
    }

    private String missing(Column column, String name) {
        String meant =
                NearMiss.of(
                                column.target(),
                                table.columns().stream().map(TableColumn::name).toList())
                        .map(near -> "; did you mean %s?".formatted(SqlIdentifier.quote(near)))
                        .orElse("");
        return ("column %s: not in %s%s; map it with column_mapping, leave it out with"
                        + " exclude_columns, or ALTER TABLE %s ADD COLUMN %s %s")
                .formatted(name, table.quoted(), meant, table.quoted(), name, column.type().name());
    }

    private void columnsLeftOut() {
        Set<String> written =
                schema.columns().stream().map(Column::target).collect(Collectors.toSet());
        for (TableColumn column : table.columns()) {
            boolean ours =
                    identity == RowIdentity.ROW_ID
                            && column.name().equals(RowIdentity.ROW_ID_COLUMN);
            if (!written.contains(column.name()) && !column.mayBeLeftOut() && !ours) {
                String name = SqlIdentifier.quote(column.name());
                problems.add(
                        ("column %s: NOT NULL without a default, and no source column goes into it;"
                                        + " map one to it with column_mapping, or ALTER TABLE %s"
                                        + " ALTER COLUMN %s DROP NOT NULL")
                                .formatted(name, table.quoted(), name));
            }
        }
    }

    private void key() {
        List<String> key = keyOf(schema, identity);
        if (!key.isEmpty() && !table.isUnique(key)) {
            problems.add(
                    ("%s has no unique index on exactly the key's columns %s; CREATE UNIQUE INDEX"
                                    + " ON %s (%s)")
                            .formatted(
                                    table.quoted(),
                                    String.join(", ", key),
                                    table.quoted(),
                                    key.stream()
                                            .map(SqlIdentifier::quote)
                                            .collect(Collectors.joining(", "))));
        }
    }

    /** The columns that tell rows apart, by the destination's names. */
    static List<String> keyOf(RowSchema schema, RowIdentity identity) {
        return switch (identity) {
            case KEY -> schema.keyColumns().stream().map(Column::target).toList();
            case ROW_ID -> List.of(RowIdentity.ROW_ID_COLUMN);
            case NONE -> List.of();
        };
    }

    /** Whether the table itself keeps NULL out of the key. */
    static boolean keyIsNotNull(TableDescription table, List<String> key) {
        Set<String> notNull = new HashSet<>();
        for (TableColumn column : table.columns()) {
            if (column.notNull()) {
                notNull.add(column.name());
            }
        }
        return notNull.containsAll(key);
    }
}
