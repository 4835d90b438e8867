package com.evolvishub.cdc.source;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.DetectChanges;
import com.evolvishub.cdc.planner.physical.PhysicalNode;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.RetryPolicy;
import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.testing.postgres.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Builds a test's pipeline; all other options have the defaults of a short file. */
public final class PipelineBuilder {

    private final ConnectionSpec connection;
    private final Relation relation;
    private final List<ColumnRename> renames = new ArrayList<>();
    private List<String> excluded = List.of();
    private List<String> key = List.of();
    private Capture capture = new Capture.ByDiff(0.5);
    private Schedule schedule = new Schedule.Every(Duration.ofMillis(100));
    private int pageRows = 1000;
    private boolean enabled = true;
    private SchemaChangePolicy schemaChange = SchemaChangePolicy.EVOLVE;
    private DeleteWhen deleteWhen = DeleteWhen.NEVER;
    private RowSizeLimit rowLimit = RowSizeLimit.DEFAULT;
    private RetryPolicy retry = new RetryPolicy(3, Duration.ofMillis(50));
    private String worker = "worker-1";
    private int order;
    private String destination = "copy";

    private PipelineBuilder(ConnectionSpec connection, Relation relation) {
        this.connection = connection;
        this.relation = relation;
    }

    public static ConnectionSpec connection(Database database) {
        return new ConnectionSpec(
                database.host(),
                database.port(),
                database.name(),
                database.user(),
                new Secret(database.password()),
                TlsSpec.UNSET,
                Duration.ofSeconds(10),
                List.of());
    }

    public static PipelineBuilder table(Database database, String name) {
        return table(connection(database), name);
    }

    public static PipelineBuilder table(ConnectionSpec connection, String name) {
        return new PipelineBuilder(connection, new Relation.Table("", name));
    }

    public static PipelineBuilder query(Database database, PollQuery.Part... parts) {
        return query(connection(database), parts);
    }

    public static PipelineBuilder query(ConnectionSpec connection, PollQuery.Part... parts) {
        return new PipelineBuilder(connection, new Relation.Query(new PollQuery(List.of(parts))));
    }

    public PipelineBuilder watermark(String column, WatermarkType type) {
        return capture(
                new Capture.ByWatermark(
                        column,
                        type,
                        "",
                        "",
                        Duration.ofSeconds(10),
                        1000,
                        Duration.ZERO,
                        NullWatermarkPolicy.IGNORE));
    }

    /** Like the other method, with a policy for rows without a watermark. */
    public PipelineBuilder watermark(String column, NullWatermarkPolicy nullPolicy) {
        return capture(
                new Capture.ByWatermark(
                        column,
                        WatermarkType.TIMESTAMP,
                        "",
                        "UTC",
                        Duration.ofSeconds(10),
                        1000,
                        Duration.ZERO,
                        nullPolicy));
    }

    /** Sets the lookback, for rows added to ties that were read while a busy machine paused. */
    public PipelineBuilder lookback(Duration distance) {
        return capture(((Capture.ByWatermark) capture).withLookback(distance));
    }

    /** Polls without delay. */
    public PipelineBuilder polling() {
        return schedule(new Schedule.Every(Duration.ofMillis(1)));
    }

    public PipelineBuilder capture(Capture mode) {
        capture = mode;
        return this;
    }

    public PipelineBuilder key(String... columns) {
        key = List.of(columns);
        return this;
    }

    public PipelineBuilder rename(String from, String to) {
        renames.add(new ColumnRename(from, to));
        return this;
    }

    public PipelineBuilder exclude(String... columns) {
        excluded = List.of(columns);
        return this;
    }

    public PipelineBuilder schedule(Schedule when) {
        schedule = when;
        return this;
    }

    public PipelineBuilder pageRows(int rows) {
        pageRows = rows;
        return this;
    }

    public PipelineBuilder retry(int attempts, Duration delay) {
        retry = new RetryPolicy(attempts, delay);
        return this;
    }

    public PipelineBuilder schemaChange(SchemaChangePolicy policy) {
        schemaChange = policy;
        return this;
    }

    public PipelineBuilder deleteWhen(String text) {
        deleteWhen = DeleteWhen.parse(text);
        return this;
    }

    /** Treats a larger row as a bad row. */
    public PipelineBuilder maxRowBytes(long bytes, BadRowPolicy onBadRow) {
        rowLimit = new RowSizeLimit(bytes, onBadRow);
        return this;
    }

    public PipelineBuilder into(String table) {
        destination = table;
        return this;
    }

    public PipelineBuilder disabled() {
        enabled = false;
        return this;
    }

    public PipelineBuilder worker(String name, int order) {
        worker = name;
        this.order = order;
        return this;
    }

    public PollScan scan() {
        Relation.Table table =
                relation instanceof Relation.Table named ? named : new Relation.Table("", "");
        return new PollScan(
                new EndpointSpec("postgresql", connection, "", table.name(), List.of()),
                relation,
                renames,
                excluded,
                key,
                capture,
                schedule,
                pageRows,
                retry,
                schemaChange,
                deleteWhen,
                rowLimit);
    }

    /** A pipeline with a unique identity. */
    public Pipeline build() {
        PhysicalNode detect = new DetectChanges(scan(), capture);
        return new Pipeline(
                "test/" + UUID.randomUUID(),
                "test",
                enabled,
                worker,
                order,
                new Deliver(
                        detect,
                        new EndpointSpec("postgresql", connection, "", destination, List.of()),
                        DeliveryMode.EXACTLY_ONCE,
                        true,
                        BadRowPolicy.QUARANTINE,
                        SchemaChangePolicy.EVOLVE,
                        retry));
    }
}
