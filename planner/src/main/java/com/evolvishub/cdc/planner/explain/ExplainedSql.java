package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanRange;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statement of a poll, for display: built by {@link ScanSql}, as the one that is sent, with
 * names instead of values.
 */
public final class ExplainedSql {

    private ExplainedSql() {}

    /**
     * Formats the statement.
     *
     * @param columns the columns of the relation, in order; empty: unknown
     * @param key source columns of the key; empty and {@code keyKnown}: there is none
     * @param keyKnown whether the key is resolved
     */
    public static String of(
            PollScan scan, List<String> columns, List<String> key, boolean keyKnown) {
        ScanSql sql =
                columns.isEmpty()
                        ? ScanSql.unresolved(scan.relation(), unknownColumns(scan), key, keyKnown)
                        : ScanSql.unresolved(
                                scan.relation(), selected(scan, columns), key, keyKnown);
        if (scan.capture() instanceof Capture.ByWatermark by) {
            return by.withCollation(sql)
                    .range(by.column(), ScanRange.of(":lower", ""), ExplainedSql::name);
        }
        return sql.all(ExplainedSql::name);
    }

    private static String selected(PollScan scan, List<String> columns) {
        return ScanSql.list(columns.stream().filter(scan::selects).toList());
    }

    private static String unknownColumns(PollScan scan) {
        List<String> left =
                scan.excluded().stream().filter(column -> !scan.selects(column)).toList();
        String minus =
                left.isEmpty()
                        ? ""
                        : left.stream()
                                .map(SqlIdentifier::quote)
                                .collect(Collectors.joining(", ", " minus ", ""));
        String of =
                scan.relation() instanceof Relation.Table
                        ? PhysicalPlanDescriber.relation(scan.relation())
                        : "the query";
        return "<columns of " + of + minus + ">";
    }

    private static String name(Placeholder placeholder) {
        return switch (placeholder) {
            case LAST_SYNC -> ":last_sync";
            case BATCH_SIZE -> ":batch_size";
        };
    }
}
