package com.evolvishub.cdc.planner.catalog;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Facts about the relations that a scan reads, from the live database or unknown. They serve {@code
 * explain} and early errors; no plan depends on them.
 */
public interface Catalog {

    /** Knows nothing: {@code explain --offline}. */
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

    /** The endpoint's table or view; empty if it cannot be queried now. */
    Optional<RelationFacts> table(EndpointSpec endpoint);

    /** The destination table; empty also if it does not exist yet. */
    default Optional<RelationFacts> destination(EndpointSpec endpoint) {
        return table(endpoint);
    }

    /**
     * The columns of a statement. The database describes the statement and does not run it.
     *
     * @param sql the user's statement, placeholders replaced by typed literals
     */
    Optional<RelationFacts> query(EndpointSpec endpoint, String sql);

    /** Facts about the source that concern polls; empty if it cannot be queried now. */
    default Optional<PollFacts> pollFacts(PollFactsRequest request) {
        return Optional.empty();
    }

    /**
     * Volatile and clock functions in the columns of a statement: their result may differ from read
     * to read although no row has changed. Empty also if the database cannot be queried now.
     *
     * @param select a statement that is planned and never run
     */
    default List<String> volatileFunctions(EndpointSpec endpoint, String select) {
        return List.of();
    }

    /**
     * Whether complete reads of a relation prove deletes; empty if it cannot be queried now.
     *
     * @param query the user's statement, placeholders replaced; empty: the endpoint's table
     * @param select a statement that reads all of it; it is planned and never run
     */
    default Optional<DeleteConfirmation> deleteConfirmation(
            EndpointSpec endpoint, Optional<String> query, String select) {
        return Optional.empty();
    }

    /**
     * Requests {@link PollFacts}.
     *
     * @param endpoint the source
     * @param watermark the watermark column; empty: none
     * @param watermarkType its type, as the database prints it
     * @param statement the statement of a poll; it is planned and never run
     */
    record PollFactsRequest(
            EndpointSpec endpoint,
            String watermark,
            String watermarkType,
            Function<PollBounds, String> statement) {
        public PollFactsRequest {
            Objects.requireNonNull(endpoint, "endpoint");
            Objects.requireNonNull(watermark, "watermark");
            Objects.requireNonNull(watermarkType, "watermarkType");
            Objects.requireNonNull(statement, "statement");
        }
    }

    /**
     * The range of watermarks that a poll reads.
     *
     * @param lower exclusive lower bound
     * @param upTo inclusive upper bound; empty: none
     * @param type type of both bounds, as the database prints it
     */
    record PollBounds(String lower, String upTo, String type) {}

    /**
     * Facts about the source that concern polls.
     *
     * @param standby whether the server is a standby, which shows no transaction of its primary
     * @param seesOtherTransactions whether the role may see when transactions of other roles began
     * @param zone time zone of the role's sessions
     * @param zoneOrigin where the zone is set, human-readable
     * @param cost of an empty poll; empty: the mapping has no watermark
     * @param sequenceCache how many values a session caches from the sequence that fills the
     *     watermark; 1: none, or there is no sequence
     * @param relations the relations that rows come from
     * @param order the sort order of the watermark's column; empty: unknown
     */
    record PollFacts(
            boolean standby,
            boolean seesOtherTransactions,
            String zone,
            String zoneOrigin,
            Optional<PollCost> cost,
            long sequenceCache,
            List<UnderlyingRelation> relations,
            Optional<ColumnOrder> order) {

        /** With an unknown sort order of the watermark. */
        public PollFacts(
                boolean standby,
                boolean seesOtherTransactions,
                String zone,
                String zoneOrigin,
                Optional<PollCost> cost,
                long sequenceCache,
                List<UnderlyingRelation> relations) {
            this(
                    standby,
                    seesOtherTransactions,
                    zone,
                    zoneOrigin,
                    cost,
                    sequenceCache,
                    relations,
                    Optional.empty());
        }

        /** With unknown relations. */
        public PollFacts(
                boolean standby,
                boolean seesOtherTransactions,
                String zone,
                String zoneOrigin,
                Optional<PollCost> cost,
                long sequenceCache) {
            this(standby, seesOtherTransactions, zone, zoneOrigin, cost, sequenceCache, List.of());
        }

        public PollFacts {
            Objects.requireNonNull(zone, "zone");
            Objects.requireNonNull(zoneOrigin, "zoneOrigin");
            Objects.requireNonNull(cost, "cost");
            relations = List.copyOf(relations);
            Objects.requireNonNull(order, "order");
        }
    }

    /**
     * The sort order of a column.
     *
     * @param kind the kind of order
     * @param description the type of a column that is not text, else its collation; human-readable
     */
    record ColumnOrder(Order kind, String description) {

        /** The kinds of sort order. */
        public enum Order {
            /** The column is not text: the order of its type. */
            NO_TEXT,
            /** Text, byte by byte. */
            BYTES,
            /** Text, by the rules of a language. */
            LANGUAGE,
            /** Text, by the rules of a language; different texts may be equal. */
            NONDETERMINISTIC,
            /** A text type that is not compared as it is stored, for example citext. */
            OTHER_TEXT
        }

        public ColumnOrder {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(description, "words");
        }
    }

    /**
     * The cost of a poll that finds no rows.
     *
     * @param kind the kind of cost
     * @param reason human-readable
     */
    record PollCost(Kind kind, String reason) {

        /** The kinds of cost. */
        public enum Kind {
            /** One index lookup. */
            PROBE,
            /** A scan of the whole relation. */
            SCAN,
            /** The cost could not be determined. */
            UNKNOWN
        }
    }

    /**
     * Facts about a relation.
     *
     * @param kind human-readable: table, view, materialized view, partitioned table, foreign table,
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
     * @param nullable whether it may contain NULL
     */
    record ColumnFacts(String name, String type, boolean nullable) {}
}
