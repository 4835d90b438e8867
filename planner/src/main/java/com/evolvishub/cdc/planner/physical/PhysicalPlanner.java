package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Projection;
import com.evolvishub.cdc.planner.logical.Scan;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.sql.PollQueryParser;
import com.evolvishub.cdc.planner.sql.Relation;
import java.util.ArrayList;
import java.util.List;

/** Turns an optimized plan into a physical one: each tree becomes a pipeline with a worker. */
public final class PhysicalPlanner {

    private PhysicalPlanner() {}

    /**
     * Plans the pipelines of a file whose mappings have been checked and whose trees are optimized.
     *
     * @throws IllegalArgumentException if a tree is not a projection above a scan
     */
    public static PhysicalPlan plan(ConfigFileSpec spec, LogicalPlan optimized) {
        WorkerAssigner workers = WorkerAssigner.of(spec, optimized.trees().size());
        List<Pipeline> pipelines = new ArrayList<>();
        for (LogicalPlan.Tree tree : optimized.trees()) {
            MappingSpec mapping = tree.mapping();
            pipelines.add(
                    new Pipeline(
                            PipelineIdentity.of(spec.name(), mapping, tree.destination()),
                            shownName(mapping, tree.destination()),
                            mapping.enabled(),
                            workers.next(mapping.enabled()),
                            pipelines.size(),
                            deliver(tree)));
        }
        return new PhysicalPlan(
                spec.name(),
                pipelines,
                workers.count(),
                spec.stopOnError(),
                spec.checkpointInterval(),
                spec.checkpointTimeout(),
                spec.checkpointStorage());
    }

    private static String shownName(MappingSpec mapping, EndpointSpec destination) {
        return mapping.destinations().size() == 1
                ? mapping.name()
                : mapping.name() + "→" + destination.type() + ":" + destination.table();
    }

    private static Deliver deliver(LogicalPlan.Tree tree) {
        MappingSpec mapping = tree.mapping();
        LogicalNode rows = tree.root().input();
        Projection remaining =
                rows instanceof Project project ? project.projection() : Projection.IDENTITY;
        LogicalNode scanNode = rows instanceof Project project ? project.input() : rows;
        if (!(scanNode instanceof Scan scan)) {
            throw new IllegalArgumentException("no scan to poll in " + tree.root());
        }
        Capture capture = capture(mapping, tree.capture().mode());
        PollScan poll = pollScan(mapping, scan, scan.projection().then(remaining), capture);
        PhysicalNode node = new DetectChanges(poll, capture);
        if (!remaining.excluded().isEmpty()) {
            node = new DropColumns(node, remaining.excluded());
        }
        boolean create =
                !tree.destination()
                        .option("create_table")
                        .map(Secret::reveal)
                        .orElse("if_missing")
                        .equals("never");
        return new Deliver(
                node,
                tree.destination(),
                mapping.delivery(),
                create,
                mapping.onBadRow(),
                mapping.schemaChange(),
                retry(mapping.sync()).withRefusalWait(mapping.refusalWait()),
                mapping.lossRules());
    }

    private static PollScan pollScan(
            MappingSpec mapping, Scan scan, Projection columns, Capture capture) {
        return new PollScan(
                scan.source(),
                relation(scan),
                columns.renames(),
                columns.excluded(),
                mapping.key(),
                capture,
                schedule(mapping.sync()),
                mapping.sync().batchSize(),
                retry(mapping.sync()),
                mapping.schemaChange(),
                mapping.deleteWhen(),
                new RowSizeLimit(mapping.maxRowBytes(), mapping.onBadRow()));
    }

    private static Relation relation(Scan scan) {
        return scan.query().isEmpty()
                ? new Relation.Table(scan.source().schema(), scan.source().table())
                : new Relation.Query(PollQueryParser.parse(scan.query()).query());
    }

    private static Capture capture(MappingSpec mapping, CaptureMode mode) {
        return switch (mode) {
            case WATERMARK -> {
                WatermarkSpec watermark = mapping.watermark().orElseThrow();
                yield new Capture.ByWatermark(
                        watermark.column(),
                        watermark.type(),
                        watermark.initialValue(),
                        watermark.timezone(),
                        watermark.lookback(),
                        watermark.lookbackValues(),
                        watermark.maxPin(),
                        watermark.nullWatermark(),
                        watermark.settle(),
                        watermark.collation());
            }
            case QUERY ->
                    new Capture.ByQuery(
                            mapping.lookback(),
                            mapping.watermark().map(WatermarkSpec::initialValue).orElse(""));
            case DIFF -> new Capture.ByDiff(mapping.maxDeleteRatio());
        };
    }

    private static Schedule schedule(SyncSpec sync) {
        return switch (sync.mode()) {
            case ONE_TIME -> new Schedule.Once();
            case CONTINUOUS -> new Schedule.Every(sync.interval());
            case CRON -> new Schedule.Cron(sync.cronExpression(), sync.timezone());
        };
    }

    private static RetryPolicy retry(SyncSpec sync) {
        return new RetryPolicy(sync.retryAttempts(), sync.retryDelay());
    }
}
