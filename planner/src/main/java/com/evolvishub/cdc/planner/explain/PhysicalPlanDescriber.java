package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.DetectChanges;
import com.evolvishub.cdc.planner.physical.DropColumns;
import com.evolvishub.cdc.planner.physical.PhysicalNode;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.sql.Relation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Describes pipelines as trees, last node first. */
public final class PhysicalPlanDescriber implements PhysicalNode.Visitor<ExplainNode> {

    private final Function<Deliver, String> label;

    /**
     * @param label the name of a destination by its type
     */
    public PhysicalPlanDescriber(Function<Deliver, String> label) {
        this.label = label;
    }

    /** The nodes of a pipeline. */
    public ExplainNode describe(Pipeline pipeline) {
        return ExplainNode.of(
                "pipeline",
                pipeline.mapping()
                        + ", "
                        + pipeline.worker()
                        + (pipeline.enabled() ? "" : ", parked"),
                pipeline.deliver().accept(this));
    }

    /** A schedule, human-readable. */
    public static String format(Schedule schedule) {
        if (schedule instanceof Schedule.Every every) {
            return "every " + format(every.interval());
        }
        if (schedule instanceof Schedule.Cron cron) {
            return "cron " + cron.expression() + " " + cron.zone();
        }
        return "once";
    }

    /** A duration in seconds, without trailing zeros. */
    public static String format(Duration time) {
        BigDecimal seconds =
                BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
        return seconds.stripTrailingZeros().toPlainString() + " s";
    }

    @Override
    public ExplainNode pollScan(PollScan node) {
        List<String> parts = new ArrayList<>();
        parts.add(relation(node.relation()));
        parts.add(format(node.schedule()));
        parts.add(capture(node.capture()));
        if (!node.renames().isEmpty()) {
            parts.add(
                    node.renames().stream()
                            .map(rename -> rename.from() + " -> " + rename.to())
                            .collect(Collectors.joining(", ", "rename ", "")));
        }
        List<String> neverSelected =
                node.excluded().stream().filter(c -> !node.selects(c)).toList();
        if (!neverSelected.isEmpty()) {
            parts.add("never ask for " + String.join(", ", neverSelected));
        }
        if (!node.deleteWhen().isEmpty()) {
            parts.add("deleted when " + node.deleteWhen());
        }
        parts.add("pages of " + node.pageRows());
        return ExplainNode.of("PollScan", String.join("; ", parts));
    }

    @Override
    public ExplainNode detectChanges(DetectChanges node) {
        String compared =
                node.capture() instanceof Capture.ByDiff diff
                        ? "with every row known before; at most "
                                + BigDecimal.valueOf(diff.maxDeleteRatio() * 100)
                                        .stripTrailingZeros()
                                        .toPlainString()
                                + " % of them may be missing"
                        : "with what was sent of the range that is read again";
        return ExplainNode.of("DetectChanges", "compare " + compared, node.input().accept(this));
    }

    @Override
    public ExplainNode dropColumns(DropColumns node) {
        return ExplainNode.of(
                "MapProject",
                "drop " + String.join(", ", node.dropped()),
                node.input().accept(this));
    }

    @Override
    public ExplainNode deliver(Deliver node) {
        String summary =
                "%s; %s%s; bad rows: %s"
                        .formatted(
                                label.apply(node),
                                node.mode().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                node.createTable() ? "" : "; never created",
                                node.onBadRow().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        return ExplainNode.of("Deliver", summary, node.input().accept(this));
    }

    /** A relation, human-readable. */
    static String relation(Relation relation) {
        if (relation instanceof Relation.Table table) {
            return table.schema().isEmpty() ? table.name() : table.schema() + "." + table.name();
        }
        return "query";
    }

    private static String capture(Capture capture) {
        if (capture instanceof Capture.ByWatermark by) {
            return "watermark "
                    + by.column()
                    + " "
                    + by.type().name().toLowerCase(Locale.ROOT)
                    + (by.collation() == WatermarkCollation.COLUMN
                            ? ""
                            : " collation " + by.collation());
        }
        return capture instanceof Capture.ByQuery ? "query for last_sync" : "diff";
    }
}
