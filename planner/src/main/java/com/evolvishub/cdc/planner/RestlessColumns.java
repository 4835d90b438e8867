package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.logical.Catalog;
import com.evolvishub.cdc.planner.logical.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollQuery.Place;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.ScanSql;
import java.util.ArrayList;
import java.util.List;

/** Columns whose values differ from poll to poll though no row has changed. */
public final class RestlessColumns {

    private RestlessColumns() {}

    /**
     * What is to be said of them.
     *
     * @param columns of the relation, in order
     */
    public static List<String> warnings(PollScan scan, List<ColumnFacts> columns, Catalog catalog) {
        List<String> warnings = new ArrayList<>();
        if (scan.capture() instanceof Capture.ByWatermark by) {
            List<String> found = ask(scan, List.of(by.column()), catalog);
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
        List<String> found = selected.isEmpty() ? List.of() : ask(scan, selected, catalog);
        if (!found.isEmpty()) {
            warnings.add(
                    "the columns use %s: where the result changes from read to read, every row that a poll reads counts as changed and is sent again. Leave the column out (exclude_columns), or store the value"
                            .formatted(String.join(", ", found)));
        }
        return warnings;
    }

    private static List<String> ask(PollScan scan, List<String> columns, Catalog catalog) {
        return catalog.restlessFunctions(
                scan.source(),
                new ScanSql(scan.relation(), columns, List.of())
                        .all(place -> place == Place.LAST_SYNC ? "NULL" : "1"));
    }
}
