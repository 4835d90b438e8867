package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.bench.outage.record.AlignedColumns;
import com.evolvishub.cdc.bench.outage.record.CheckpointRecorder;
import com.evolvishub.cdc.bench.outage.record.LatencyRecorder;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of all outages, and which of them missed a bar. */
final class OutageReport {

    private static final double WORSE_AT_MOST = 2.0;
    private static final double INTERVAL_AT_MOST = 1.2 * BenchJobFile.CHECKPOINT_SECONDS;
    private static final double GAP_AT_MOST = 3.0 * BenchJobFile.CHECKPOINT_SECONDS;
    private static final long RESTARTS_AT_MOST = 1;

    private final OutageScenario matrix;
    private final long calmFrom;
    private final long calmTo;
    private final List<String> missed = new ArrayList<>();

    /** The calm says what is normal. */
    OutageReport(OutageScenario matrix, long calmFrom, long calmTo) {
        this.matrix = matrix;
        this.calmFrom = calmFrom;
        this.calmTo = calmTo;
    }

    /** Prints the table; true if no bar was missed. */
    boolean print(List<OutageResult> outages, PrintStream out) {
        CheckpointRecorder.Summary calm = matrix.watch().checkpoints().between(calmFrom, calmTo);
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "CUT OFF",
                        "HOW",
                        "OTHERS' WORST P95",
                        "OF NORMAL",
                        "CHECKPOINTS",
                        "EVERY",
                        "LONGEST GAP",
                        "RESTARTS",
                        "STATUS SAYS",
                        "AFTER",
                        "LEVEL AFTER",
                        "EXACT"));
        rows.add(
                List.of(
                        "(nothing)",
                        "",
                        "",
                        "",
                        Integer.toString(calm.completed()),
                        seconds(calm.interval()),
                        seconds(calm.longestGap()),
                        "0",
                        "",
                        "",
                        "",
                        ""));
        outages.forEach(outage -> rows.add(row(outage)));
        AlignedColumns.print(rows, out);
        out.println();
        out.println(
                "Seconds from commit to visible: 50%, 95%, all of the rows; - where it was cut off.");
        AlignedColumns.print(latencies(outages), out);
        out.println();
        missed.forEach(one -> out.println("missed: " + one));
        out.println(
                missed.isEmpty()
                        ? "Every bar is met."
                        : "%d bars are missed.".formatted(missed.size()));
        return missed.isEmpty();
    }

    private List<String> row(OutageResult outage) {
        BenchMapping worst = null;
        double ratio = 0;
        for (BenchMapping mapping : outage.unaffected()) {
            double one = during(mapping, outage).seconds(0.95) / steady(mapping).seconds(0.95);
            // none at all is as bad as it gets
            double told = Double.isNaN(one) ? Double.POSITIVE_INFINITY : one;
            if (told > WORSE_AT_MOST) {
                miss(outage, "%s took %.1f times its normal", mapping.table(), told);
            }
            if (worst == null || told > ratio) {
                worst = mapping;
                ratio = told;
            }
        }
        CheckpointRecorder.Summary checkpoints =
                matrix.watch().checkpoints().between(outage.from(), outage.restoredAt());
        if (checkpoints.interval() > INTERVAL_AT_MOST) {
            miss(outage, "a checkpoint every %.2f s", checkpoints.interval());
        }
        if (checkpoints.longestGap() > GAP_AT_MOST) {
            miss(outage, "%.1f s without a checkpoint", checkpoints.longestGap());
        }
        if (outage.restarts() > RESTARTS_AT_MOST) {
            miss(outage, "%d restarts", outage.restarts());
        }
        outage.differences()
                .forEach(
                        (mapping, difference) ->
                                miss(outage, "%s: %s", mapping.table(), difference));
        Optional<JobMonitor.Seen> told = describe(outage);
        return List.of(
                outage.name(),
                outage.cut().toString(),
                seconds(during(worst, outage).seconds(0.95)) + " " + worst.table(),
                String.format(Locale.ROOT, "%.2f", ratio),
                Integer.toString(checkpoints.completed()),
                seconds(checkpoints.interval()),
                seconds(checkpoints.longestGap()),
                Long.toString(outage.restarts()),
                told.map(JobMonitor.Seen::state).orElse("NOTHING"),
                told.map(seen -> seconds((seen.at() - outage.from()) / 1000.0)).orElse("-"),
                seconds(outage.levelSeconds()),
                outage.differences().isEmpty() ? "yes" : "NO");
    }

    /** The last of the mappings that were cut off to say so; empty: one has not. */
    private Optional<JobMonitor.Seen> describe(OutageResult outage) {
        Optional<JobMonitor.Seen> last = Optional.empty();
        for (BenchMapping mapping : outage.affected()) {
            Optional<JobMonitor.Seen> told =
                    OutageResult.describe(
                            matrix.watch(), mapping, outage.from(), outage.restoredAt());
            if (told.isEmpty()) {
                miss(outage, "the status of %s never said that it was cut off", mapping.table());
                return Optional.empty();
            }
            if (last.isEmpty() || told.get().at() > last.get().at()) {
                last = told;
            }
        }
        return last;
    }

    private List<List<String>> latencies(List<OutageResult> outages) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("MAPPING", "NORMAL"));
        outages.forEach(outage -> head.add(outage.toString().toUpperCase(Locale.ROOT)));
        rows.add(head);
        for (BenchMapping mapping : BenchMapping.ALL) {
            List<String> row = new ArrayList<>();
            row.add(mapping.table());
            row.add(steady(mapping).toString());
            for (OutageResult outage : outages) {
                row.add(mapping.needs(outage.ends()) ? "-" : during(mapping, outage).toString());
            }
            rows.add(row);
        }
        return rows;
    }

    private LatencyRecorder.Summary steady(BenchMapping mapping) {
        return matrix.latencies(mapping).between(calmFrom, calmTo);
    }

    private LatencyRecorder.Summary during(BenchMapping mapping, OutageResult outage) {
        return matrix.latencies(mapping).between(outage.from(), outage.restoredAt());
    }

    private void miss(OutageResult outage, String format, Object... arguments) {
        missed.add(outage + ": " + String.format(Locale.ROOT, format, arguments));
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }
}
