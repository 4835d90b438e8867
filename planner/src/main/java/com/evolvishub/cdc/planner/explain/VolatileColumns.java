package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.ScanSql;
import java.util.ArrayList;
import java.util.List;

/** Columns whose values differ from poll to poll though no row has changed. */
public final class VolatileColumns {

    private VolatileColumns() {}

    /**
     * Warnings about these columns.
     *
     * @param columns of the relation, in order
     */
    public static List<String> warnings(PollScan scan, List<ColumnFacts> columns, Catalog catalog) {
        List<String> warnings = new ArrayList<>();
        if (scan.capture() instanceof Capture.ByWatermark by) {
            List<String> found = find(scan, List.of(by.column()), catalog);
            if (!found.isEmpty()) {
                warnings.add(
                        "the watermark %s is made by %s: it tells when it was read, not when the row was changed, so that new rows cannot be told from old ones. Take a stored column, or capture: diff"
                                .formatted(by.column(), String.join(", ", found)));
            }
        }
        List<String> selected =
                columns.stream()
                        .map(ColumnFacts::name)
                        .filter(scan::selects)
                        .filter(
                                name ->
                                        !(scan.capture() instanceof Capture.ByWatermark by
                                                && by.column().equals(name)))
                        .toList();
        List<String> found = selected.isEmpty() ? List.of() : find(scan, selected, catalog);
        if (!found.isEmpty()) {
            warnings.add(
                    "the columns use %s: where the result changes from read to read, every row that a poll reads counts as changed and is sent again. Leave the column out (exclude_columns), or store the value"
                            .formatted(String.join(", ", found)));
        }
        return warnings;
    }

    private static List<String> find(PollScan scan, List<String> columns, Catalog catalog) {
        return catalog.volatileFunctions(
                scan.source(),
                new ScanSql(scan.relation(), columns, List.of())
                        .all(placeholder -> placeholder == Placeholder.LAST_SYNC ? "NULL" : "1"));
    }
}
