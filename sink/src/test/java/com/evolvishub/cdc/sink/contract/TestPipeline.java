package com.evolvishub.cdc.sink.contract;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.RetryPolicy;
import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Pipelines, schemas and rows for tests of destinations. */
public record TestPipeline(
        EndpointSpec destination,
        DeliveryMode mode,
        Capture capture,
        BadRowPolicy onBadRow,
        boolean createTable,
        boolean enabled,
        RetryPolicy retry,
        LossPolicy lossRules) {

    /** So many attempts that an outage in a test does not lead to quarantine. */
    private static final RetryPolicy MANY_RETRIES =
            new RetryPolicy(1_000_000, Duration.ofMillis(20));

    /** Longer than any test takes, even on a machine that stalls for a while. */
    private static final LossPolicy RESENDING =
            new LossPolicy(Duration.ofHours(1), LossPolicy.DEFAULT.onReplacedTable());

    /** A table of two columns with a key. */
    public static final RowSchema KEYED =
            new RowSchema(
                    List.of(column("id", 20, "bigint"), column("name", 25, "text")), List.of(0));

    /** The same columns without a key. */
    public static final RowSchema KEYLESS = new RowSchema(KEYED.columns(), List.of());

    private static final Capture BY_WATERMARK =
            new Capture.ByWatermark(
                    "updated",
                    WatermarkType.TIMESTAMP,
                    "",
                    "",
                    Duration.ofSeconds(10),
                    1000,
                    Duration.ZERO,
                    NullWatermarkPolicy.IGNORE);

    /** A pipeline with exactly-once delivery and watermark capture that stops at a rejected row. */
    public static TestPipeline into(EndpointSpec destination) {
        return new TestPipeline(
                destination,
                DeliveryMode.EXACTLY_ONCE,
                BY_WATERMARK,
                BadRowPolicy.QUARANTINE,
                true,
                true,
                MANY_RETRIES,
                RESENDING);
    }

    public TestPipeline with(DeliveryMode other) {
        return new TestPipeline(
                destination, other, capture, onBadRow, createTable, enabled, retry, lossRules);
    }

    public TestPipeline with(BadRowPolicy other) {
        return new TestPipeline(
                destination, mode, capture, other, createTable, enabled, retry, lossRules);
    }

    public TestPipeline with(LossPolicy other) {
        return new TestPipeline(
                destination, mode, capture, onBadRow, createTable, enabled, retry, other);
    }

    /** A copy that keeps no acknowledged rows for a resend. */
    public TestPipeline withoutResending() {
        return with(new LossPolicy(Duration.ZERO, lossRules.onReplacedTable()));
    }

    /** A copy that continues into a replaced table. */
    public TestPipeline acceptingReplacedTables() {
        return with(new LossPolicy(lossRules.resend(), ReplacedTablePolicy.GO_ON));
    }

    /** A copy that is quarantined after this number of failures in a row. */
    public TestPipeline quarantinedAfter(int attempts) {
        RetryPolicy limitedRetries = new RetryPolicy(attempts, retry.delay());
        return new TestPipeline(
                destination,
                mode,
                capture,
                onBadRow,
                createTable,
                enabled,
                limitedRetries,
                lossRules);
    }

    public TestPipeline byDiff() {
        Capture diff = new Capture.ByDiff(0.5);
        return new TestPipeline(
                destination, mode, diff, onBadRow, createTable, enabled, retry, lossRules);
    }

    public TestPipeline neverCreating() {
        return new TestPipeline(
                destination, mode, capture, onBadRow, false, enabled, retry, lossRules);
    }

    public TestPipeline disabled() {
        return new TestPipeline(
                destination, mode, capture, onBadRow, createTable, false, retry, lossRules);
    }

    public Pipeline pipeline() {
        PollScan scan =
                new PollScan(
                        destination,
                        new Relation.Table("", "source"),
                        List.of(),
                        List.of(),
                        List.of(),
                        capture,
                        new Schedule.Every(Duration.ofMinutes(1)),
                        1000,
                        retry,
                        SchemaChangePolicy.EVOLVE,
                        DeleteWhen.NEVER,
                        RowSizeLimit.DEFAULT);
        Deliver deliver =
                new Deliver(
                        scan,
                        destination,
                        mode,
                        createTable,
                        onBadRow,
                        SchemaChangePolicy.EVOLVE,
                        retry,
                        lossRules);
        return new Pipeline("file/orders", "orders", enabled, "worker-1", 0, deliver);
    }

    public static Column column(String name, int oid, String type) {
        return new Column(name, name, new SqlType(oid, type, 'b', 'X'), true);
    }

    /** An upsert of a row, with cells in COPY text format. */
    public static ChangeRow row(RowSchema schema, String... cells) {
        return row(Operation.UPSERT, schema, cells);
    }

    public static ChangeRow row(Operation operation, RowSchema schema, String... cells) {
        byte[] line = String.join("\t", cells).getBytes(StandardCharsets.UTF_8);
        return ChangeRow.of(operation, schema, line, CopyText.EMPTY);
    }
}
