package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.List;
import java.util.Optional;

/**
 * Facts about what a scan reads, asked of the live database or not at all. An answer is a help for
 * the reader of a plan and for early errors; no plan depends on it.
 */
public interface Catalog {

    /** Answers nothing: {@code explain --offline}. */
    Catalog OFFLINE =
            new Catalog() {
                @Override
                public Optional<RelationFacts> table(EndpointSpec endpoint) {
                    return Optional.empty();
                }

                @Override
                public Optional<RelationFacts> query(EndpointSpec endpoint, String sql) {
                    return Optional.empty();
                }
            };

    /** The endpoint's table or view; empty when nothing can be known now. */
    Optional<RelationFacts> table(EndpointSpec endpoint);

    /**
     * The columns of a statement, described by the database, never run.
     *
     * @param sql the user's statement, places already filled with typed literals
     */
    Optional<RelationFacts> query(EndpointSpec endpoint, String sql);

    /**
     * What a database tells of a relation.
     *
     * @param kind for people: table, view, materialized view, partitioned table, foreign table,
     *     query
     * @param columns in the relation's order
     * @param primaryKey its columns; empty: none
     * @param estimatedRows from the server's statistics; 0: unknown
     */
    record RelationFacts(
            String kind, List<ColumnFacts> columns, List<String> primaryKey, long estimatedRows) {
        public RelationFacts {
            columns = List.copyOf(columns);
            primaryKey = List.copyOf(primaryKey);
        }
    }

    /**
     * A column.
     *
     * @param name its name
     * @param type as the database prints it
     * @param nullable whether NULL may be in it
     */
    record ColumnFacts(String name, String type, boolean nullable) {}
}
