package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.UniqueIndex;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.row.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks that the destination distinguishes all keys that the source distinguishes. If the equality
 * of a column or index were coarser, two rows would be merged into one, and a delete of one would
 * remove both.
 */
final class KeyCompatibility {

    private final TableDescription table;
    private final List<String> key;
    private final List<String> problems = new ArrayList<>();

    private KeyCompatibility(TableDescription table, List<String> key) {
        this.table = table;
        this.key = key;
    }

    /**
     * Returns the problems of writing a table by this key, each with its remedy.
     *
     * @param key the key columns, by the destination's names; empty: no key
     * @param columns the source's columns that they are filled from
     */
    static List<String> problems(TableDescription table, List<String> key, List<Column> columns) {
        KeyCompatibility check = new KeyCompatibility(table, key);
        if (!key.isEmpty()) {
            Map<String, Column> sources = new HashMap<>();
            columns.forEach(column -> sources.put(column.target(), column));
            key.forEach(name -> check.column(name, Optional.ofNullable(sources.get(name))));
            if (check.problems.isEmpty()) {
                check.indexes();
            }
        }
        return check.problems;
    }

    private void column(String name, Optional<Column> source) {
        Optional<TableColumn> found = table.column(name);
        if (found.isEmpty()) {
            return;
        }
        String quoted = SqlIdentifier.quote(name);
        if (!found.get().nondeterministicCollation().isEmpty()) {
            problems.add(
                    ("column %s: its collation %s is nondeterministic, so keys that differ at the"
                                    + " source may be equal here; ALTER TABLE %s ALTER COLUMN %s"
                                    + " TYPE %s COLLATE \"C\"")
                            .formatted(
                                    quoted,
                                    found.get().nondeterministicCollation(),
                                    table.quoted(),
                                    quoted,
                                    found.get().baseType()));
        }
        ParsedTypeName to = ParsedTypeName.of(found.get().baseType());
        boolean coarser =
                source.map(Column::type)
                        .map(type -> ParsedTypeName.of(type.base()))
                        .map(from -> isCoarser(from, to))
                        .orElse(false);
        if (coarser) {
            problems.add(
                    ("column %s: type %s holds keys of type %s as equal that differ at the source;"
                                    + " ALTER TABLE %s ALTER COLUMN %s TYPE %s")
                            .formatted(
                                    quoted,
                                    found.get().type(),
                                    source.get().type().name(),
                                    table.quoted(),
                                    quoted,
                                    to.base().equals("jsonb")
                                            ? "text"
                                            : DestinationColumnTypes.created(source.get().type())));
        }
    }

    /**
     * Whether values that differ in one type may be equal in the other. Called for pairs that
     * {@link TypeCompatibility} accepts.
     */
    private static boolean isCoarser(ParsedTypeName from, ParsedTypeName to) {
        return (to.isCitext() && !from.isCitext())
                // trailing blanks do not count
                || (to.base().equals("bpchar")
                        && !Set.of("bpchar", "character").contains(from.base()))
                || (to.base().equals("jsonb") && from.base().equals("json"));
    }

    private void indexes() {
        List<UniqueIndex> onKey =
                table.uniqueIndexes().stream().filter(index -> index.isOn(key)).toList();
        // INSERT … ON CONFLICT (columns) uses every unique index on them, and fails on a deferrable
        // one even if another index would do
        for (UniqueIndex index : onKey) {
            if (!index.immediate()) {
                problems.add(deferrable(index));
            } else if (!index.exact()) {
                problems.add(
                        ("index %s: compares the key's columns in a coarser way than the source, so"
                                        + " keys that differ there may be equal here; DROP INDEX %s")
                                .formatted(index.quoted(), index.quoted()));
            }
        }
        if (onKey.isEmpty()) {
            problems.add(
                    ("%s has no unique index on exactly the key's columns %s; CREATE UNIQUE INDEX"
                                    + " ON %s (%s)")
                            .formatted(
                                    table.quoted(),
                                    String.join(", ", key),
                                    table.quoted(),
                                    list()));
        }
    }

    private String deferrable(UniqueIndex index) {
        String name = SqlIdentifier.quote(index.name());
        return ("constraint %s: DEFERRABLE, and the server does not merge rows by such a key; ALTER"
                        + " TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s %s (%s)")
                .formatted(
                        name,
                        table.quoted(),
                        name,
                        name,
                        index.primary() ? "PRIMARY KEY" : "UNIQUE",
                        list());
    }

    private String list() {
        return key.stream().map(SqlIdentifier::quote).collect(Collectors.joining(", "));
    }
}
