package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.bench.outage.record.AlignedColumns;
import com.evolvishub.cdc.bench.outage.record.CheckpointRecorder;
import com.evolvishub.cdc.bench.outage.record.LatencyRecorder;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints the table of all outages and the exceeded thresholds. */
final class OutageReport {

    private static final double MAX_LATENCY_RATIO = 2.0;
    private static final double MAX_INTERVAL = 1.2 * BenchJobFile.CHECKPOINT_SECONDS;
    private static final double MAX_GAP = 3.0 * BenchJobFile.CHECKPOINT_SECONDS;
    private static final long MAX_RESTARTS = 1;

    private final OutageScenario scenario;
    private final long steadyFrom;
    private final long steadyTo;
    private final List<String> missed = new ArrayList<>();

    /** The steady phase from {@code steadyFrom} to {@code steadyTo} is the baseline. */
    OutageReport(OutageScenario scenario, long steadyFrom, long steadyTo) {
        this.scenario = scenario;
        this.steadyFrom = steadyFrom;
        this.steadyTo = steadyTo;
    }

    /** Prints the table; returns true if no threshold was exceeded. */
    boolean print(List<OutageResult> outages, PrintStream out) {
        CheckpointRecorder.Summary steadyPhase =
                scenario.monitor().checkpoints().between(steadyFrom, steadyTo);
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
                        Integer.toString(steadyPhase.completed()),
                        seconds(steadyPhase.interval()),
                        seconds(steadyPhase.longestGap()),
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
        missed.forEach(threshold -> out.println("missed: " + threshold));
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
            double mappingRatio =
                    during(mapping, outage).seconds(0.95) / steady(mapping).seconds(0.95);
            // no delivered row counts as the worst possible ratio
            double ratioOrInfinite =
                    Double.isNaN(mappingRatio) ? Double.POSITIVE_INFINITY : mappingRatio;
            if (ratioOrInfinite > MAX_LATENCY_RATIO) {
                miss(outage, "%s took %.1f times its normal", mapping.table(), ratioOrInfinite);
            }
            if (worst == null || ratioOrInfinite > ratio) {
                worst = mapping;
                ratio = ratioOrInfinite;
            }
        }
        CheckpointRecorder.Summary checkpoints =
                scenario.monitor().checkpoints().between(outage.from(), outage.restoredAt());
        if (checkpoints.interval() > MAX_INTERVAL) {
            miss(outage, "a checkpoint every %.2f s", checkpoints.interval());
        }
        if (checkpoints.longestGap() > MAX_GAP) {
            miss(outage, "%.1f s without a checkpoint", checkpoints.longestGap());
        }
        if (outage.restarts() > MAX_RESTARTS) {
            miss(outage, "%d restarts", outage.restarts());
        }
        outage.differences()
                .forEach(
                        (mapping, difference) ->
                                miss(outage, "%s: %s", mapping.table(), difference));
        Optional<JobMonitor.StateSample> reported = describe(outage);
        return List.of(
                outage.name(),
                outage.cut().toString(),
                seconds(during(worst, outage).seconds(0.95)) + " " + worst.table(),
                String.format(Locale.ROOT, "%.2f", ratio),
                Integer.toString(checkpoints.completed()),
                seconds(checkpoints.interval()),
                seconds(checkpoints.longestGap()),
                Long.toString(outage.restarts()),
                reported.map(JobMonitor.StateSample::state).orElse("NOTHING"),
                reported.map(sample -> seconds((sample.at() - outage.from()) / 1000.0)).orElse("-"),
                seconds(outage.levelSeconds()),
                outage.differences().isEmpty() ? "yes" : "NO");
    }

    /**
     * The latest first report of the outage by an affected mapping; empty: one has not reported it.
     */
    private Optional<JobMonitor.StateSample> describe(OutageResult outage) {
        Optional<JobMonitor.StateSample> last = Optional.empty();
        for (BenchMapping mapping : outage.affected()) {
            Optional<JobMonitor.StateSample> reported =
                    OutageResult.describe(
                            scenario.monitor(), mapping, outage.from(), outage.restoredAt());
            if (reported.isEmpty()) {
                miss(outage, "the status of %s never said that it was cut off", mapping.table());
                return Optional.empty();
            }
            if (last.isEmpty() || reported.get().at() > last.get().at()) {
                last = reported;
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
        return scenario.latencies(mapping).between(steadyFrom, steadyTo);
    }

    private LatencyRecorder.Summary during(BenchMapping mapping, OutageResult outage) {
        return scenario.latencies(mapping).between(outage.from(), outage.restoredAt());
    }

    private void miss(OutageResult outage, String format, Object... arguments) {
        missed.add(outage + ": " + String.format(Locale.ROOT, format, arguments));
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }
}
