package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.runtime.row.Column;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The current structure of a relation or a query.
 *
 * @param label human-readable name: {@code table "public"."orders"}, {@code the query}
 * @param kind table, view, materialized view, partitioned table, foreign table or query
 * @param columns in the relation's order, with their own names as targets
 * @param primaryKey its columns in key order; empty: none
 */
public record RelationDescription(
        String label, String kind, List<Column> columns, List<String> primaryKey) {
    public RelationDescription {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
    }

    /** The same relation with these columns only. */
    public RelationDescription with(List<Column> fewer) {
        return new RelationDescription(label, kind, fewer, primaryKey);
    }

    /** The column with this name, if it exists. */
    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    /** The columns' names, for messages. */
    public String columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }
}
