package com.evolvishub.cdc.job.status;

import java.util.List;
import java.util.Locale;

/** How numbers and columns look in a table. */
public final class TableFormatter {

    private TableFormatter() {}

    /** A count with its thousands set apart. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A time span; a dash when it is not known. */
    public static String seconds(double value) {
        if (Double.isNaN(value) || value < 0) {
            return "-";
        }
        // rounded, the rest would read 60.0 s
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
     * @param leftColumns how many columns are text and stand at the left; the rest are figures
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
