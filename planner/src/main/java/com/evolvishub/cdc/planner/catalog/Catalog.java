package com.evolvishub.cdc.planner.catalog;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

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

    /** The table that rows go to; empty also when it is not there yet. */
    default Optional<RelationFacts> destination(EndpointSpec endpoint) {
        return table(endpoint);
    }

    /**
     * The columns of a statement, described by the database, never run.
     *
     * @param sql the user's statement, places already filled with typed literals
     */
    Optional<RelationFacts> query(EndpointSpec endpoint, String sql);

    /** What polls of a mapping meet at their source; empty when nothing can be known now. */
    default Optional<PollFacts> pollFacts(PollFactsRequest question) {
        return Optional.empty();
    }

    /**
     * Functions in the columns of a statement whose result may differ from read to read though no
     * row has changed: volatile ones, and the clock's. Empty also when nothing can be known now.
     *
     * @param select planned, never run
     */
    default List<String> volatileFunctions(EndpointSpec endpoint, String select) {
        return List.of();
    }

    /**
     * Whether complete reads of a relation prove deletes; empty when nothing can be known now.
     *
     * @param query the user's own statement, places already filled; empty: the endpoint's table
     * @param select reads all of it; it is planned, never run
     */
    default Optional<DeleteConfirmation> deleteConfirmation(
            EndpointSpec endpoint, Optional<String> query, String select) {
        return Optional.empty();
    }

    /**
     * Asks what polls meet.
     *
     * @param endpoint the source
     * @param watermark the column that polls go by; empty: none
     * @param watermarkType its type, as the database prints it
     * @param statement the statement that a poll sends, which is planned and never run
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
     * What a poll reads between.
     *
     * @param lower rows above it
     * @param upTo rows up to it; empty: no end
     * @param type what both are, as the database prints it
     */
    record PollBounds(String lower, String upTo, String type) {}

    /**
     * What polls meet.
     *
     * @param replica whether the server is a standby, which shows no transaction of its primary
     * @param seesOthers whether the role may see when transactions of other roles began
     * @param zone the zone that the role's sessions have
     * @param zoneOrigin whose setting that is, for people
     * @param cost of a poll that finds nothing; empty: there is no watermark
     * @param sequenceCache how many values a session takes at once from the sequence that fills the
     *     watermark; 1: each when it needs it, or there is no sequence
     * @param reads the relations that rows come from
     * @param order by which the watermark's column is compared; empty: not known
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

        /** Of a watermark of whose order nothing is known. */
        public PollFacts(
                boolean replica,
                boolean seesOthers,
                String zone,
                String zoneOrigin,
                Optional<PollCost> cost,
                long sequenceCache,
                List<UnderlyingRelation> reads) {
            this(
                    replica,
                    seesOthers,
                    zone,
                    zoneOrigin,
                    cost,
                    sequenceCache,
                    reads,
                    Optional.empty());
        }

        /** Of a mapping of whose relations nothing is known. */
        public PollFacts(
                boolean replica,
                boolean seesOthers,
                String zone,
                String zoneOrigin,
                Optional<PollCost> cost,
                long sequenceCache) {
            this(replica, seesOthers, zone, zoneOrigin, cost, sequenceCache, List.of());
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
     * By which order a column is compared.
     *
     * @param kind the order
     * @param words the column's type where it is no text, else its collation; for people
     */
    record ColumnOrder(Order kind, String description) {

        /** The orders there are. */
        public enum Order {
            /** No text: the type's own. */
            NO_TEXT,
            /** Byte by byte. */
            BYTES,
            /** That of a language. */
            LANGUAGE,
            /** That of a language, in which different texts may be equal. */
            NONDETERMINISTIC,
            /** Of a text that is compared in another form than its own, such as a citext. */
            OTHER_TEXT
        }

        public ColumnOrder {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(description, "words");
        }
    }

    /**
     * What a poll costs that finds nothing.
     *
     * @param kind the cost
     * @param why the reason, for people
     */
    record PollCost(Kind kind, String reason) {

        /** The costs there are. */
        public enum Kind {
            /** It looks one place up in an index. */
            PROBE,
            /** It reads the whole relation. */
            SCAN,
            /** It could not be found out. */
            UNKNOWN
        }
    }

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
