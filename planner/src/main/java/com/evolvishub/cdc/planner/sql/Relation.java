package com.evolvishub.cdc.planner.sql;

import java.io.Serializable;
import java.util.Objects;

/** The relation that a mapping reads. */
public sealed interface Relation extends Serializable {

    /**
     * A table, view, materialized view, partitioned or foreign table.
     *
     * @param schema its schema; empty: by the search path
     * @param name its name, unquoted
     */
    record Table(String schema, String name) implements Relation {
        public Table {
            Objects.requireNonNull(schema, "schema");
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * The user's statement.
     *
     * @param query its text with named placeholders
     */
    record Query(PollQuery query) implements Relation {
        public Query {
            Objects.requireNonNull(query, "query");
        }
    }
}
