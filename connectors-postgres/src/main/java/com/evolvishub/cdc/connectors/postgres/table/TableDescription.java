package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Describes the destination table.
 *
 * @param schema its schema
 * @param name its name
 * @param kind {@code pg_class.relkind}: r table, p partitioned table, f foreign table, v view …
 * @param alterable whether the session's role owns the table and so may change it
 * @param columns in the table's order
 * @param primaryKey its columns; empty: none
 * @param uniqueIndexes every valid unique index on plain columns and all rows, including the
 *     primary key's
 * @param rules side effects of writes: row-level security, rules and triggers
 */
public record TableDescription(
        String schema,
        String name,
        char kind,
        boolean alterable,
        List<TableColumn> columns,
        List<String> primaryKey,
        List<UniqueIndex> uniqueIndexes,
        WriteSideEffects rules) {

    /**
     * A column.
     *
     * @param type as {@code format_type} prints it with an empty search path
     * @param baseType the base type of a domain, else the same as {@code type}
     * @param notNull whether NULL is rejected
     * @param generated whether the server computes it
     * @param identity {@code a}lways, by {@code d}efault, or a space: no identity
     * @param hasDefault whether it has a default
     * @param nondeterministicCollation quoted name of its collation if that is nondeterministic;
     *     empty: equal texts are identical
     */
    public record TableColumn(
            String name,
            String type,
            String baseType,
            boolean notNull,
            boolean generated,
            char identity,
            boolean hasDefault,
            String nondeterministicCollation) {

        /** Whether an INSERT may omit it. */
        public boolean isOptional() {
            return !notNull || generated || hasDefault || identity != ' ';
        }
    }

    public TableDescription {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        uniqueIndexes = List.copyOf(uniqueIndexes);
    }

    /** Returns the table's name, quoted for SQL. */
    public String quoted() {
        return SqlIdentifier.quote(schema, name);
    }

    public Optional<TableColumn> column(String wanted) {
        return columns.stream().filter(column -> column.name().equals(wanted)).findFirst();
    }

    /** Whether rows can be merged by exactly these columns, in any order. */
    public boolean isUnique(List<String> key) {
        List<UniqueIndex> onKey = uniqueIndexes.stream().filter(index -> index.isOn(key)).toList();
        return !onKey.isEmpty()
                && onKey.stream().allMatch(index -> index.immediate() && index.exact());
    }

    /**
     * A unique index.
     *
     * @param schema its schema, which is the table's
     * @param columns its key columns, without INCLUDE columns
     * @param primary whether it is the primary key's
     * @param immediate false: it belongs to a deferrable constraint
     * @param exact whether its operators and collations are the columns' own and distinguish all
     *     different values
     */
    public record UniqueIndex(
            String schema,
            String name,
            List<String> columns,
            boolean primary,
            boolean immediate,
            boolean exact) {

        public UniqueIndex {
            columns = List.copyOf(columns);
        }

        public String quoted() {
            return SqlIdentifier.quote(schema, name);
        }

        public boolean isOn(List<String> key) {
            return columns.size() == key.size() && new HashSet<>(columns).equals(Set.copyOf(key));
        }
    }
}
