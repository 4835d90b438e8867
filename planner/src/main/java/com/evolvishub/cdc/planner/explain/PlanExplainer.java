package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.explain.tree.ExplainNode;
import com.evolvishub.cdc.planner.explain.tree.PlanPrinter;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.DropColumns;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Explains what a plan does and why: the output of {@code explain}. It contains no secrets. */
public final class PlanExplainer {

    private final DestinationTypes types;

    /**
     * @param types the destination types of the plan
     */
    public PlanExplainer(DestinationTypes types) {
        this.types = Objects.requireNonNull(types, "types");
    }

    /** Human-readable: one tree of at most 100 columns. */
    public String text(PlanningResult plans) {
        return PlanPrinter.text(tree(plans));
    }

    /** Machine-readable: the same tree as JSON. */
    public String json(PlanningResult plans) {
        return PlanPrinter.json(tree(plans));
    }

    /** The whole plan, for display. */
    public ExplainNode tree(PlanningResult plans) {
        PhysicalPlan physical = plans.physical();
        List<ExplainNode> mappings = new ArrayList<>();
        for (int i = 0; i < physical.pipelines().size(); i++) {
            mappings.add(
                    pipeline(
                            physical.pipelines().get(i),
                            plans.logical().trees().get(i),
                            plans.optimized().trees().get(i),
                            plans.facts().get(i)));
        }
        List<ExplainNode.Detail> details = new ArrayList<>();
        for (Problem warning : plans.warnings()) {
            details.add(new ExplainNode.Detail("warning", warning.toString()));
        }
        String summary =
                "%s: %s on %s; a checkpoint every %s%s"
                        .formatted(
                                physical.name(),
                                count(physical.pipelines().size(), "pipeline"),
                                count(physical.workers(), "worker"),
                                PhysicalPlanDescriber.format(physical.checkpointInterval()),
                                physical.stopOnError() ? "; stops on the first error" : "");
        return new ExplainNode("job", summary, details, mappings);
    }

    /** The physical plan alone. */
    public ExplainNode physical(PhysicalPlan plan) {
        PhysicalPlanDescriber describer = new PhysicalPlanDescriber(this::label);
        return new ExplainNode(
                "physical plan",
                plan.name() + ", " + count(plan.workers(), "worker"),
                List.of(),
                plan.pipelines().stream().map(describer::describe).toList());
    }

    /** A logical plan alone. */
    public static ExplainNode logical(String title, LogicalPlan plan) {
        return new ExplainNode(
                title,
                plan.name(),
                List.of(),
                plan.trees().stream().map(LogicalPlan.Tree::describe).toList());
    }

    private ExplainNode pipeline(
            Pipeline pipeline,
            LogicalPlan.Tree raw,
            LogicalPlan.Tree optimized,
            PlanningResult.Facts facts) {
        PollScan scan = pipeline.scan();
        DestinationType type = type(pipeline.deliver());
        MappingKey key = MappingKey.of(scan, facts, type.supportsKeys());
        List<String> columns =
                facts.source()
                        .map(known -> known.columns().stream().map(ColumnFacts::name).toList())
                        .orElse(List.of());
        ExplainNode mapping = ExplainNode.of("mapping", pipeline.mapping());
        if (!pipeline.enabled()) {
            mapping = mapping.with("parked", "it does not run, and its state is kept");
        }
        ExplainNode node =
                mapping.with("identity", pipeline.identity())
                        .with("worker", pipeline.worker())
                        .with("schedule", PhysicalPlanDescriber.format(scan.schedule()))
                        .with("capture", scan.capture().mode() + ", " + raw.capture().reason())
                        .with("source", source(facts))
                        .with("key", key.origin())
                        .with("sql", ExplainedSql.of(scan, columns, key.columns(), key.known()))
                        .with("pushed down", pushedDown(pipeline, scan));
        Optional<String> empty = PollNotes.emptyPoll(scan, facts.polls());
        if (empty.isPresent()) {
            node = node.with("empty poll", empty.get());
        }
        List<String> lateRows = LateRowNotes.of(scan, facts.polls(), watermarkType(scan, facts));
        if (!lateRows.isEmpty()) {
            node = node.with("late rows", String.join("\n", lateRows));
        }
        Optional<String> deletes = DeleteNotes.line(scan, facts.deletes());
        if (deletes.isPresent()) {
            node = node.with("deletes", deletes.get());
        }
        node =
                node.with(
                                "delivery",
                                DeliveryGuaranteeNotes.of(pipeline.deliver(), scan, type, key))
                        .with("cannot see", String.join("\n", Limitations.of(scan)));
        return new ExplainNode(
                node.name(),
                node.summary(),
                node.details(),
                List.of(
                        ExplainNode.of("logical", "", raw.root().describe()),
                        ExplainNode.of("optimized", "", optimized.root().describe()),
                        ExplainNode.of(
                                "physical",
                                "",
                                pipeline.deliver()
                                        .accept(new PhysicalPlanDescriber(this::label)))));
    }

    private static String watermarkType(PollScan scan, PlanningResult.Facts facts) {
        return facts.source().stream()
                .flatMap(known -> known.columns().stream())
                .filter(
                        column ->
                                scan.capture() instanceof Capture.ByWatermark by
                                        && by.column().equals(column.name()))
                .map(ColumnFacts::type)
                .findFirst()
                .orElse("");
    }

    private static String source(PlanningResult.Facts facts) {
        if (facts.source().isEmpty()) {
            return "not asked; columns are found when the mapping first reaches it";
        }
        RelationFacts known = facts.source().get();
        String rows = known.estimatedRows() > 0 ? ", about " + known.estimatedRows() + " rows" : "";
        return "%s of %s%s".formatted(known.kind(), count(known.columns().size(), "column"), rows);
    }

    private static String pushedDown(Pipeline pipeline, PollScan scan) {
        List<String> pushed = new ArrayList<>();
        if (scan.capture() instanceof Capture.ByWatermark by) {
            pushed.add("the condition on " + by.column() + " and the order of rows");
        } else if (scan.capture() instanceof Capture.ByQuery) {
            pushed.add("last_sync, into the query's own condition");
        } else {
            pushed.add("no condition: every poll reads everything");
        }
        List<String> excluded = scan.excluded().stream().filter(c -> !scan.selects(c)).toList();
        if (!excluded.isEmpty()) {
            pushed.add(
                    "the exclusion of "
                            + String.join(", ", excluded)
                            + ", which never leave the source");
        }
        List<String> dropped = pipeline.project().map(DropColumns::dropped).orElse(List.of());
        if (!dropped.isEmpty()) {
            pushed.add(
                    "not "
                            + String.join(", ", dropped)
                            + ": excluded, but capture needs it; dropped right behind the source");
        }
        return String.join("\n", pushed);
    }

    private String label(Deliver deliver) {
        return type(deliver).label(deliver.destination());
    }

    private DestinationType type(Deliver deliver) {
        String name = deliver.destination().type();
        return types.find(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no destination type is called " + name));
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
