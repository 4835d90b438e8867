package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFactsRequest;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanRange;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests the facts about a source that concern polls, and explains them. */
public final class PollNotes {

    /** The value that a poll sends for {@code :batch_size}. */
    static final String ALL_ROWS = String.valueOf(Long.MAX_VALUE);

    private PollNotes() {}

    /**
     * The request for a source; empty for a mapping that compares everything.
     *
     * @param columns of the relation, in order
     * @param key source columns that identify a row, if known
     */
    public static Optional<PollFactsRequest> question(
            PollScan scan, List<ColumnFacts> columns, List<String> key) {
        if (scan.capture() instanceof Capture.ByQuery) {
            return Optional.of(
                    new PollFactsRequest(scan.source(), "", "", bounds -> query(scan, bounds)));
        }
        if (!(scan.capture() instanceof Capture.ByWatermark by)) {
            return Optional.empty();
        }
        List<String> selected =
                columns.stream().map(ColumnFacts::name).filter(scan::selects).toList();
        ScanSql sql = by.withCollation(new ScanSql(scan.relation(), selected, key));
        return columns.stream()
                .filter(column -> column.name().equals(by.column()))
                .findFirst()
                .map(
                        column ->
                                new PollFactsRequest(
                                        scan.source(),
                                        by.column(),
                                        column.type(),
                                        bounds -> statement(sql, by.column(), bounds)));
    }

    private static String query(PollScan scan, PollBounds bounds) {
        return scan.relation() instanceof Relation.Query query
                ? query.query().render(placeholder -> value(placeholder, bounds))
                : "";
    }

    private static String value(Placeholder placeholder, PollBounds bounds) {
        return placeholder == Placeholder.LAST_SYNC
                ? SqlLiteral.quote(bounds.lower()) + "::" + bounds.type()
                : ALL_ROWS;
    }

    private static String statement(ScanSql sql, String column, PollBounds bounds) {
        String lower = SqlLiteral.quote(bounds.lower());
        String upTo = bounds.upTo().isEmpty() ? "" : SqlLiteral.quote(bounds.upTo());
        return sql.range(
                column, ScanRange.of(lower, upTo), placeholder -> value(placeholder, bounds));
    }

    /** Settings that work but may cost or lose more than intended. */
    public static List<String> warnings(PollScan scan, PollFacts facts) {
        List<String> warnings = new ArrayList<>();
        facts.cost()
                .filter(cost -> cost.kind() == PollCost.Kind.SCAN)
                .ifPresent(cost -> warnings.add("a poll that finds nothing " + scans(scan, cost)));
        if (facts.standby()) {
            warnings.add(LateRowNotes.REPLICA);
        }
        warnings.addAll(RelationLimitations.of(scan, facts));
        LateRowNotes.sequence(scan, facts).ifPresent(warnings::add);
        WatermarkTypeNotes.warning(scan, facts).ifPresent(warnings::add);
        CollationNotes.warning(scan, facts).ifPresent(warnings::add);
        return warnings;
    }

    /** The cost of a poll that finds no rows; empty: the mapping always reads everything. */
    static Optional<String> emptyPoll(PollScan scan, Optional<PollFacts> facts) {
        if (!(scan.capture() instanceof Capture.ByWatermark by)) {
            return Optional.empty();
        }
        return Optional.of(
                facts.flatMap(PollFacts::cost)
                        .map(cost -> format(scan, cost))
                        .orElse(
                                "not looked at; one index probe if an index finds %s"
                                        .formatted(by.column())));
    }

    private static String format(PollScan scan, PollCost cost) {
        return switch (cost.kind()) {
            case PROBE -> "one index probe (%s)".formatted(cost.reason());
            case SCAN -> "warning: " + scans(scan, cost);
            case UNKNOWN -> "could not be found out: " + cost.reason();
        };
    }

    private static String scans(PollScan scan, PollCost cost) {
        String relation =
                scan.relation() instanceof Relation.Table table ? table.name() : "the query";
        return "reads all of %s: %s".formatted(relation, cost.reason());
    }
}
