package com.evolvishub.cdc.quickstart;

import java.util.List;
import java.util.Locale;

/** Formats comparisons as aligned lines, one per mapping. */
final class ComparisonReport {
    private ComparisonReport() {}

    static List<String> lines(List<TableComparison> comparisons) {
        int mapping = width(comparisons.stream().map(c -> c.pair().mapping()).toList());
        int view = width(comparisons.stream().map(c -> c.pair().view()).toList());
        int table = width(comparisons.stream().map(c -> c.pair().table()).toList());
        return comparisons.stream()
                .map(
                        c ->
                                String.format(
                                        Locale.ROOT,
                                        "%-"
                                                + mapping
                                                + "s  %-"
                                                + view
                                                + "s  %-"
                                                + table
                                                + "s  %,11d rows  %s  %s",
                                        c.pair().mapping(),
                                        c.pair().view(),
                                        c.pair().table(),
                                        c.source().rows(),
                                        c.source().hash(),
                                        result(c)))
                .toList();
    }

    private static String result(TableComparison comparison) {
        TableComparison.Content content = comparison.destination();
        if (comparison.equal()) {
            return "equal";
        }
        return content.rows() < 0
                ? "DIFFERENT: " + content.hash()
                : String.format(
                        Locale.ROOT,
                        "DIFFERENT: the table has %,d rows, %s",
                        content.rows(),
                        content.hash());
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(1);
    }
}
