package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the destination table looks like.
 *
 * @param schema its schema
 * @param name its name
 * @param kind {@code pg_class.relkind}: r table, p partitioned table, f foreign table, v view …
 * @param alterable whether this session's role may change it: it owns it
 * @param columns in the table's order
 * @param primaryKey its columns; empty: none
 * @param uniqueKeys columns of each whole, immediate unique index, the primary key's among them
 */
record TableDescription(
        String schema,
        String name,
        char kind,
        boolean alterable,
        List<TableColumn> columns,
        List<String> primaryKey,
        List<List<String>> uniqueKeys) {

    /**
     * A column.
     *
     * @param type as {@code format_type} prints it with an empty search path
     * @param baseType of a domain the type below it, else the same as {@code type}
     * @param notNull whether NULL is refused
     * @param generated whether the server computes it
     * @param identity {@code a}lways, by {@code d}efault, or a space: no identity
     * @param hasDefault whether it has a default
     */
    record TableColumn(
            String name,
            String type,
            String baseType,
            boolean notNull,
            boolean generated,
            char identity,
            boolean hasDefault) {

        /** Whether a row may leave it out. */
        boolean mayBeLeftOut() {
            return !notNull || generated || hasDefault || identity != ' ';
        }
    }

    TableDescription {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = List.copyOf(uniqueKeys);
    }

    /** The table's name as SQL takes it. */
    String quoted() {
        return SqlIdentifier.quote(schema, name);
    }

    Optional<TableColumn> column(String wanted) {
        return columns.stream().filter(column -> column.name().equals(wanted)).findFirst();
    }

    /** Whether a unique index tells rows apart by exactly these columns, in whatever order. */
    boolean isUnique(List<String> key) {
        Set<String> wanted = new HashSet<>(key);
        return uniqueKeys.stream().anyMatch(unique -> new HashSet<>(unique).equals(wanted));
    }
}
