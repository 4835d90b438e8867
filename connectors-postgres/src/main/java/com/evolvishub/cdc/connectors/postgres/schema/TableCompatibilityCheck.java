package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks how rows of a schema can be written to a table. Each problem names the statement that
 * fixes it.
 */
public final class TableCompatibilityCheck {

    private final TableDescription table;
    private final RowSchema schema;
    private final RowKeyKind keyKind;
    private final SchemaChangePolicy policy;
    private final boolean transactional;
    private final List<String> key;
    private final List<String> problems = new ArrayList<>();
    private final List<Column> additions = new ArrayList<>();
    private final List<String> omitted = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private TableCompatibilityCheck(
            TableDescription table, RowSchema schema, RowKeyKind keyKind, Deliver deliver) {
        this.table = table;
        this.schema = schema;
        this.keyKind = keyKind;
        this.policy = deliver.schemaChange();
        this.transactional = deliver.mode() == DeliveryMode.TRANSACTIONAL;
        this.key = keyOf(schema, keyKind);
    }

    /** Compares schema and table under the mapping's {@code schema_change} policy. */
    public static TableCompatibility fit(
            TableDescription table, RowSchema schema, Pipeline pipeline) {
        RowKeyKind keyKind = RowKeyKind.of(schema, pipeline, table);
        TableCompatibilityCheck check =
                new TableCompatibilityCheck(table, schema, keyKind, pipeline.deliver());
        check.kind();
        if (check.problems.isEmpty()) {
            schema.columns().forEach(check::column);
            check.columnsWithoutSourceValue();
            check.problems.addAll(KeyCompatibility.problems(table, check.key, schema.columns()));
            check.serverRules(deletes(pipeline));
            if (keyKind == RowKeyKind.NONE && RowKeyKind.comparesWithoutKey(schema, pipeline)) {
                check.appendsOnly();
            }
        }
        return new TableCompatibility(
                schema, check.problems, check.additions, check.omitted, check.notes);
    }

    /** Returns the privileges that the role needs on the table and lacks. */
    public static Optional<String> missingPrivileges(
            PostgresSession session,
            TableDescription table,
            TableCompatibility fit,
            Pipeline pipeline)
            throws SQLException {
        RowKeyKind keyKind = RowKeyKind.of(fit.schema(), pipeline, table);
        return new PrivilegeCheck(session)
                .onTable(table, keyOf(fit.schema(), keyKind), fit.columns(), deletes(pipeline));
    }

    private static boolean deletes(Pipeline pipeline) {
        return pipeline.scan().capture() instanceof Capture.ByDiff
                || !pipeline.scan().deleteWhen().isEmpty();
    }

    private void serverRules(boolean deletes) {
        boolean merges = keyKind != RowKeyKind.NONE;
        String name = table.quoted();
        problems.addAll(table.rules().problems(name, merges, merges && deletes));
        notes.addAll(table.rules().notes(name, merges, merges && deletes));
    }

    private void kind() {
        boolean writable =
                switch (table.kind()) {
                    case 'r', 'p' -> true;
                    // a foreign table belongs to another server, so its transaction cannot be
                    // prepared here
                    case 'f' -> keyKind == RowKeyKind.NONE && !transactional;
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
        if (found.isEmpty()) {
            missing(column);
        } else if (found.get().generated()) {
            generated(column);
        } else if (!TypeCompatibility.fits(column.type().name(), found.get().baseType())
                && !TypeCompatibility.fits(column.type().base(), found.get().baseType())) {
            problems.add(retyped(column, found.get()));
        }
    }

    private void generated(Column column) {
        String name = SqlIdentifier.quote(column.target());
        if (key.contains(column.target())) {
            problems.add(
                    "column %s: computed by %s itself, so it cannot be the key of rows that come"
                                    .formatted(name, table.quoted())
                            + "; name another key");
            return;
        }
        omitted.add(column.target());
        notes.add(
                "column %s is computed by %s itself: the source's values are left out"
                        .formatted(name, table.quoted()));
    }

    private String retyped(Column column, TableColumn found) {
        String name = SqlIdentifier.quote(column.target());
        String type = DestinationColumnTypes.created(column.type());
        // without USING the server rejects a change that has no implicit cast
        String using =
                TypeCompatibility.fits(found.baseType(), type)
                        ? ""
                        : " USING " + name + "::" + type;
        return "column %s: source type %s does not fit destination type %s; ALTER TABLE %s ALTER COLUMN %s TYPE %s%s"
                .formatted(
                        name,
                        column.type().name(),
                        found.type(),
                        table.quoted(),
                        name,
                        type,
                        using);
    }

    private void missing(Column column) {
        Optional<String> similar = ColumnNameSuggestion.of(column.target(), columnsWithoutSource());
        boolean isKey = key.contains(column.target());
        if (policy == SchemaChangePolicy.IGNORE && !isKey) {
            omitted.add(column.target());
            notes.add(
                    "column %s is not in %s and is left out (schema_change: ignore)"
                            .formatted(SqlIdentifier.quote(column.target()), table.quoted()));
        } else if (policy == SchemaChangePolicy.EVOLVE
                && !isKey
                && similar.isEmpty()
                && column.nullable()
                && table.alterable()) {
            additions.add(column);
        } else {
            problems.add(missing(column, similar, isKey));
        }
    }

    private List<String> columnsWithoutSource() {
        Set<String> written = targets();
        return table.columns().stream()
                .map(TableColumn::name)
                .filter(name -> !written.contains(name))
                .toList();
    }

    private String missing(Column column, Optional<String> similar, boolean isKey) {
        String name = SqlIdentifier.quote(column.target());
        return "column %s: not in %s%s; map it with column_mapping, leave it out with exclude_columns, or %s"
                .formatted(
                        name,
                        table.quoted(),
                        similar.map(meant -> "; did you mean " + SqlIdentifier.quote(meant) + "?")
                                .orElseGet(() -> whyNotAdded(column, isKey)),
                        addition(table, column));
    }

    private String whyNotAdded(Column column, boolean isKey) {
        if (policy == SchemaChangePolicy.FAIL) {
            return " (schema_change: fail)";
        }
        if (isKey) {
            return ", and rows are told apart by it";
        }
        return column.nullable()
                ? ", and this role may not add it, because it does not own the table"
                : ", and not added by itself, because it is NOT NULL at the source";
    }

    /** Returns the statement that adds a column; it may be run twice. */
    static String addition(TableDescription table, Column column) {
        return addition(table, column, DestinationColumnTypes.created(column.type()));
    }

    /** Returns the same statement with the base type of a domain, which has no constraints. */
    static String additionOfBase(TableDescription table, Column column) {
        return addition(
                table,
                column,
                column.type().kind() == 'd'
                        ? column.type().base()
                        : DestinationColumnTypes.created(column.type()));
    }

    private static String addition(TableDescription table, Column column, String type) {
        return "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s"
                .formatted(table.quoted(), SqlIdentifier.quote(column.target()), type);
    }

    private Set<String> targets() {
        return schema.columns().stream().map(Column::target).collect(Collectors.toSet());
    }

    private void columnsWithoutSourceValue() {
        Set<String> written = targets();
        for (TableColumn column : table.columns()) {
            boolean rowIdColumn =
                    keyKind == RowKeyKind.ROW_ID && column.name().equals(RowKeyKind.ROW_ID_COLUMN);
            if (!written.contains(column.name()) && !column.isOptional() && !rowIdColumn) {
                String name = SqlIdentifier.quote(column.name());
                problems.add(
                        ("column %s: NOT NULL without a default, and no source column goes into it;"
                                        + " map one to it with column_mapping, or ALTER TABLE %s"
                                        + " ALTER COLUMN %s DROP NOT NULL")
                                .formatted(name, table.quoted(), name));
            }
        }
    }

    private void appendsOnly() {
        notes.add(
                ("rows are only appended to %s: the mapping compares everything and has no key, and"
                                + " the table has no column %s, so an update comes as one more row"
                                + " and a delete does not come at all. Name the columns that tell"
                                + " rows apart with key: [..], or let the mapping make the table")
                        .formatted(table.quoted(), RowKeyKind.ROW_ID_COLUMN));
    }

    /** Returns the key columns, by the destination's names. */
    public static List<String> keyOf(RowSchema schema, RowKeyKind keyKind) {
        return switch (keyKind) {
            case KEY -> schema.keyColumns().stream().map(Column::target).toList();
            case ROW_ID -> List.of(RowKeyKind.ROW_ID_COLUMN);
            case NONE -> List.of();
        };
    }

    /** Whether the table's constraints exclude NULL from the key. */
    public static boolean keyIsNotNull(TableDescription table, List<String> key) {
        Set<String> notNull = new HashSet<>();
        for (TableColumn column : table.columns()) {
            if (column.notNull()) {
                notNull.add(column.name());
            }
        }
        return notNull.containsAll(key);
    }
}
