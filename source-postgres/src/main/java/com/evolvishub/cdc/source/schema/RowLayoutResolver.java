package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.split.RowKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Combines the column settings of the file with the columns of the source. */
public final class RowLayoutResolver {

    private final PollScan scan;

    public RowLayoutResolver(PollScan scan) {
        this.scan = scan;
    }

    /** The watermark column; empty in modes without one. */
    public static String watermark(PollScan scan) {
        return scan.capture() instanceof Capture.ByWatermark by ? by.column() : "";
    }

    /**
     * The columns that identify a row: the key of the file, else the source's primary key, else the
     * destination's, mapped back to source columns.
     */
    public RowKey key(RelationDescription found, Optional<DestinationDescription> target) {
        if (!scan.key().isEmpty()) {
            return new RowKey(RowKey.DecidedBy.FILE, scan.key());
        }
        List<String> primary = found.primaryKey();
        if (!primary.isEmpty() && scan.excluded().stream().noneMatch(primary::contains)) {
            return new RowKey(RowKey.DecidedBy.SOURCE, primary);
        }
        return new RowKey(
                RowKey.DecidedBy.DESTINATION,
                target.map(destination -> toSourceColumns(destination.key(), found))
                        .orElse(List.of()));
    }

    private List<String> toSourceColumns(List<String> targets, RelationDescription found) {
        List<String> key = new ArrayList<>();
        for (String target : targets) {
            found.columns().stream()
                    .map(Column::name)
                    .filter(name -> !scan.excluded().contains(name))
                    .filter(name -> scan.target(name).equals(target))
                    .findFirst()
                    .ifPresent(key::add);
        }
        return key.size() == targets.size() ? key : List.of();
    }

    /**
     * The layout of the rows to select.
     *
     * @throws SourceException naming every column that the file has and the source does not
     */
    public RowLayout layout(RelationDescription found, RowKey key) {
        checkNames(found, key);
        if (!scan.deleteWhen().isEmpty()
                && key.columns().isEmpty()
                && !(scan.capture() instanceof Capture.ByDiff)) {
            // a diff treats marked rows as missing, and deletes them by their content
            throw SourceException.permanent(
                    "delete_when",
                    "delete_when (%s) needs a key to delete by, and %s has none; name one in the mapping"
                            .formatted(scan.deleteWhen(), found.label()));
        }
        String watermark = watermark(scan);
        List<Column> columns = new ArrayList<>();
        Set<String> targets = new HashSet<>();
        for (Column column : found.columns()) {
            // excluded columns are only selected if they are needed as watermark or delete mark
            if (scan.excluded().contains(column.name())
                    && !column.name().equals(watermark)
                    && !column.name().equals(scan.deleteWhen().column())) {
                continue;
            }
            String target = scan.target(column.name());
            if (!targets.add(target)) {
                throw SourceException.permanent(
                        "two columns of %s would be called \"%s\" at the destination; rename or exclude one"
                                .formatted(found.label(), target));
            }
            columns.add(new Column(column.name(), target, column.type(), column.nullable()));
        }
        if (columns.isEmpty()) {
            throw SourceException.permanent(
                    "exclude_columns leaves nothing of %s to be read".formatted(found.label()));
        }
        List<String> names = columns.stream().map(Column::name).toList();
        List<Integer> positions = key.columns().stream().map(names::indexOf).toList();
        RowSchema schema = new RowSchema(columns, positions);
        boolean computed = found.kind().equals("view") || found.kind().equals("query");
        boolean diff = scan.capture() instanceof Capture.ByDiff;
        OversizedRowHandler large =
                new OversizedRowHandler(schema, scan.rowLimit(), computed, !diff);
        return new RowLayout(schema, names.indexOf(watermark), large);
    }

    private void checkNames(RelationDescription found, RowKey key) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        for (ColumnRename rename : scan.renames()) {
            check("column_mapping", rename.from(), found, problems);
        }
        for (String excluded : scan.excluded()) {
            check("exclude_columns", excluded, found, problems);
        }
        for (String column : key.columns()) {
            check("key", column, found, problems);
            if (scan.excluded().contains(column)) {
                add(
                        "key",
                        "names the column \"%s\", which is excluded".formatted(column),
                        problems);
            }
        }
        if (!watermark(scan).isEmpty()) {
            check("watermark", watermark(scan), found, problems);
        }
        if (!scan.deleteWhen().isEmpty()) {
            check("delete_when", scan.deleteWhen().column(), found, problems);
        }
        if (!problems.isEmpty()) {
            List<String> texts = new ArrayList<>();
            problems.forEach((where, what) -> what.forEach(text -> texts.add(where + " " + text)));
            throw SourceException.permanent(
                    problems.keySet().iterator().next(),
                    "%s; the columns of %s are %s"
                            .formatted(
                                    String.join("; ", texts), found.label(), found.columnNames()));
        }
    }

    /** Names and types of the columns, to detect later changes. */
    public static List<String> signature(RelationDescription found) {
        return found.columns().stream()
                .map(column -> SqlIdentifier.quote(column.name()) + " " + column.type().name())
                .toList();
    }

    /**
     * The columns to read of a relation whose columns may have changed since the last poll.
     *
     * @param known the columns of that poll, as returned by {@link #signature}; empty: there was no
     *     poll
     * @throws SourceException if they have changed and the policy forbids it
     */
    public RelationDescription applySchemaChange(
            RelationDescription found, List<String> known, SchemaChangePolicy policy) {
        if (known.isEmpty() || known.equals(signature(found))) {
            return found;
        }
        return switch (policy) {
            case EVOLVE -> found;
            case IGNORE ->
                    found.with(
                            found.columns().stream()
                                    .filter(column -> isKnown(column, known))
                                    .toList());
            case FAIL ->
                    throw SourceException.permanent(
                            "schema_change",
                            "the columns of %s have changed: they were %s, they are %s. Undo it, or take them as they are with --accept-change"
                                    .formatted(
                                            found.label(),
                                            String.join(", ", known),
                                            String.join(", ", signature(found))));
        };
    }

    private static boolean isKnown(Column column, List<String> known) {
        return known.stream()
                .anyMatch(one -> one.startsWith(SqlIdentifier.quote(column.name()) + " "));
    }

    private static void check(
            String where,
            String column,
            RelationDescription found,
            Map<String, List<String>> problems) {
        if (found.column(column).isEmpty()) {
            add(where, "names the column \"%s\", which is not there".formatted(column), problems);
        }
    }

    private static void add(String where, String what, Map<String, List<String>> problems) {
        problems.computeIfAbsent(where, key -> new ArrayList<>()).add(what);
    }
}
