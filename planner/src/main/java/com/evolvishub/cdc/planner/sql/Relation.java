package com.evolvishub.cdc.planner.sql;

import java.io.Serializable;
import java.util.Objects;

/** What is read at the source. */
public sealed interface Relation extends Serializable {

    /**
     * A table, view, materialized view, partitioned or foreign table.
     *
     * @param schema its schema; empty: the search path decides
     * @param name its name, unquoted
     */
    record Table(String schema, String name) implements Relation {
        public Table {
            Objects.requireNonNull(schema, "schema");
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * The user's own statement.
     *
     * @param query its text with named places
     */
    record Query(PollQuery query) implements Relation {
        public Query {
            Objects.requireNonNull(query, "query");
        }
    }
}
