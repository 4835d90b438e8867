package com.evolvishub.cdc.planner.catalog;

import java.util.Objects;

/**
 * A relation that rows come from, directly or through views and partitions.
 *
 * @param kind the kind of relation
 * @param name with its schema, quoted where needed
 */
public record UnderlyingRelation(Kind kind, String name) {

    /** The kinds of relation; the kind decides when rows become visible. */
    public enum Kind {
        /** Rows become visible by commits on this server. */
        TABLE("table"),
        /** As {@link #TABLE}; its partitions are relations of their own. */
        PARTITIONED_TABLE("partitioned table"),
        /** All rows become visible by a refresh. */
        MATERIALIZED_VIEW("materialized view"),
        /** Rows are committed on another server, whose transactions are not visible here. */
        FOREIGN_TABLE("foreign table"),
        /**
         * Rows were committed on the publisher; they arrive in commit order with the publisher's
         * times.
         */
        SUBSCRIBED_TABLE("table of a subscription"),
        /** What it reads is unknown. */
        FUNCTION("function");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** Human-readable. */
        public String description() {
            return description;
        }

        /** Whether rows are stamped and committed on another server. */
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
