package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.physical.PollQuery.Place;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statement a poll will send, to be shown: made by {@link ScanSql}, as the one that is sent,
 * with names in the places of the values.
 */
public final class PollText {

    private PollText() {}

    /**
     * The statement.
     *
     * @param columns the columns of the relation, in order; empty: not known
     * @param key the key's source columns; empty and {@code keyKnown}: there is none
     * @param keyKnown whether the key is decided
     */
    public static String of(
            PollScan scan, List<String> columns, List<String> key, boolean keyKnown) {
        ScanSql sql =
                columns.isEmpty()
                        ? ScanSql.unresolved(scan.relation(), unknownColumns(scan), key, keyKnown)
                        : ScanSql.unresolved(
                                scan.relation(), selected(scan, columns), key, keyKnown);
        if (scan.capture() instanceof Capture.ByWatermark by) {
            return by.ordering(sql).range(by.column(), ScanRange.of(":lower", ""), PollText::name);
        }
        return sql.all(PollText::name);
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
                        ? PhysicalDescriber.relation(scan.relation())
                        : "the query";
        return "<columns of " + of + minus + ">";
    }

    private static String name(Place place) {
        return switch (place) {
            case LAST_SYNC -> ":last_sync";
            case BATCH_SIZE -> ":batch_size";
        };
    }
}
