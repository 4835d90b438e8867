package com.evolvishub.cdc.job.cli.terminal;

import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.MappingStatus;
import com.evolvishub.cdc.job.status.StatusNotes;
import com.evolvishub.cdc.job.status.TableFormatter;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The table that {@code run-multi} redraws in place. Not thread-safe. */
public final class LiveStatusTable {

    private static final int BAR = 20;

    private final PrintWriter out;
    private final LongSupplier nanos;
    private final Map<String, Rate> rates = new HashMap<>();
    private int drawnLines;

    /**
     * Draws nothing yet.
     *
     * @param out a terminal that understands cursor movements
     */
    public LiveStatusTable(PrintWriter out) {
        this(out, System::nanoTime);
    }

    LiveStatusTable(PrintWriter out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
    }

    /** Draws a report over the last one. */
    public void show(JobReport report) {
        long now = nanos.getAsLong();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MAPPING", "STATE", "ROWS", "ROWS/S", "LAG", "PROGRESS"));
        for (MappingStatus mapping : report.mappings()) {
            Rate rate = rates.computeIfAbsent(mapping.name(), name -> new Rate());
            double perSecond = rate.at(now, mapping.rowsWritten());
            rows.add(
                    List.of(
                            mapping.name(),
                            mapping.state(),
                            TableFormatter.count(mapping.rowsWritten()),
                            TableFormatter.count(Math.round(perSecond)),
                            TableFormatter.seconds(mapping.lagSeconds()),
                            progress(mapping, perSecond)));
        }
        String text = TableFormatter.align(rows, 2);
        for (MappingStatus mapping : report.mappings()) {
            if (!mapping.cause().isEmpty()) {
                text += System.lineSeparator() + mapping.name() + ": " + mapping.cause();
            }
            if (!mapping.lowWatermark().isEmpty()) {
                text +=
                        System.lineSeparator()
                                + mapping.name()
                                + ": "
                                + StatusNotes.lowWatermark(mapping);
            }
        }
        String fitting =
                text.lines()
                        .map(line -> line.substring(0, Math.min(line.length(), Terminal.columns())))
                        .collect(Collectors.joining(System.lineSeparator()));
        draw(Terminal.wantsColour() ? colour(fitting) : fitting);
    }

    private void draw(String text) {
        StringBuilder frame = new StringBuilder();
        if (drawnLines > 0) {
            frame.append("\u001b[").append(drawnLines).append('A');
        }
        List<String> lines = text.lines().toList();
        lines.forEach(line -> frame.append("\u001b[2K").append(line).append('\n'));
        // erases the rest of a longer previous frame
        frame.append("\u001b[J");
        drawnLines = lines.size();
        out.print(frame);
        out.flush();
    }

    private static String progress(MappingStatus mapping, double perSecond) {
        long expected = mapping.expectedRows();
        boolean loading = mapping.state().equals(MappingState.CATCHING_UP.label());
        if (!loading || expected <= 0) {
            return "";
        }
        double part = Math.min(1, (double) mapping.rowsWritten() / expected);
        int full = (int) Math.round(part * BAR);
        String bar = "#".repeat(full) + ".".repeat(BAR - full);
        long left = Math.max(0, expected - mapping.rowsWritten());
        String remaining =
                perSecond < 1 ? "" : " " + TableFormatter.seconds(left / perSecond) + " left";
        return "[%s] %3d%%%s".formatted(bar, Math.round(part * 100), remaining);
    }

    private static String colour(String text) {
        return text.replace(MappingState.QUARANTINED.label(), red(MappingState.QUARANTINED.label()))
                .replace(
                        MappingState.WAITING_FOR_DESTINATION.label(),
                        yellow(MappingState.WAITING_FOR_DESTINATION.label()))
                .replace(MappingState.RETRYING.label(), yellow(MappingState.RETRYING.label()));
    }

    private static String red(String text) {
        return "\u001b[31m" + text + "\u001b[0m";
    }

    private static String yellow(String text) {
        return "\u001b[33m" + text + "\u001b[0m";
    }

    /** Rows per second between two reports. */
    private static final class Rate {
        private long lastNanos;
        private long lastRows = -1;

        double at(long nanos, long rows) {
            double perSecond =
                    lastRows < 0 ? 0 : (rows - lastRows) * 1e9 / Math.max(1, nanos - lastNanos);
            lastNanos = nanos;
            lastRows = rows;
            return Math.max(0, perSecond);
        }
    }
}
