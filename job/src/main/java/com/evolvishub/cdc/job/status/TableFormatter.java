package com.evolvishub.cdc.job.status;

import java.util.List;
import java.util.Locale;

/** Formats numbers and columns of a table. */
public final class TableFormatter {

    private TableFormatter() {}

    /** A count with thousands separators. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A duration; a dash if it is not known. */
    public static String seconds(double value) {
        if (Double.isNaN(value) || value < 0) {
            return "-";
        }
        // from 59.95 s, "%.1f" would print 60.0 s
        if (value < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", value);
        }
        long whole = Math.round(value);
        return whole < 3600
                ? "%d min %02d s".formatted(whole / 60, whole % 60)
                : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
    }

    /**
     * Rows as aligned lines.
     *
     * @param rows the heading first, all of one length
     * @param leftColumns number of left-aligned text columns; the others are right-aligned numbers
     */
    public static String align(List<List<String>> rows, int leftColumns) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(i < leftColumns ? row.get(i) + pad : pad + row.get(i));
            }
            text.append(text.isEmpty() ? "" : System.lineSeparator());
            text.append(line.toString().stripTrailing());
        }
        return text.toString();
    }
}
