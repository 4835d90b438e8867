package com.evolvishub.cdc.planner.catalog;

import java.util.Objects;

/**
 * A relation that rows come from, directly or through views and partitions.
 *
 * @param kind what it is
 * @param name with its schema, quoted where needed
 */
public record UnderlyingRelation(Kind kind, String name) {

    /** What decides when rows of a relation become visible. */
    public enum Kind {
        /** Rows become visible by commits on this server. */
        TABLE("table"),
        /** Likewise; its partitions are relations of their own. */
        PARTITIONED_TABLE("partitioned table"),
        /** All of its rows become visible by a refresh. */
        MATERIALIZED_VIEW("materialized view"),
        /** Commits are made on another server, whose transactions this one does not show. */
        FOREIGN_TABLE("foreign table"),
        /** Commits were made on the publisher, and come in their order with its times. */
        SUBSCRIBED_TABLE("table of a subscription"),
        /** Nobody knows what it reads. */
        FUNCTION("function");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people. */
        public String description() {
            return words;
        }

        /** Whether times of rows were given, and commits made, somewhere else. */
        public boolean commitsRemotely() {
            return this == FOREIGN_TABLE || this == SUBSCRIBED_TABLE;
        }
    }

    public UnderlyingRelation {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return kind.description() + " " + name;
    }
}
