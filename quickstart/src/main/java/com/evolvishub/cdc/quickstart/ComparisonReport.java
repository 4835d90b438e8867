package com.evolvishub.cdc.quickstart;

import java.util.List;
import java.util.Locale;

/** The comparisons as lines of text, one a mapping, aligned. */
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
                                        verdict(c)))
                .toList();
    }

    private static String verdict(TableComparison comparison) {
        TableComparison.Content there = comparison.destination();
        if (comparison.equal()) {
            return "equal";
        }
        return there.rows() < 0
                ? "DIFFERENT: " + there.hash()
                : String.format(
                        Locale.ROOT,
                        "DIFFERENT: the table has %,d rows, %s",
                        there.rows(),
                        there.hash());
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(1);
    }
}
