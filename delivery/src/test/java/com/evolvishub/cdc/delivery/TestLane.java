package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.Retry;
import com.evolvishub.cdc.planner.physical.RowLimit;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.LossRules;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.planner.spec.OnReplacedTable;
import com.evolvishub.cdc.planner.spec.SchemaChange;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Lanes, schemas and rows for tests of destinations. */
public record TestLane(
        EndpointSpec destination,
        DeliveryMode mode,
        Capture capture,
        OnBadRow onBadRow,
        boolean createTable,
        boolean enabled,
        Retry retry,
        LossRules lossRules) {

    /** Patient: an outage of a test is no quarantine. */
    private static final Retry PATIENT = new Retry(1_000_000, Duration.ofMillis(20));

    /** Longer than any test takes, on a machine that stands still for a while too. */
    private static final LossRules RESENDING =
            new LossRules(Duration.ofHours(1), LossRules.DEFAULT.onReplacedTable());

    /** What a keyed table of two columns looks like. */
    public static final RowSchema KEYED =
            new RowSchema(
                    List.of(column("id", 20, "bigint"), column("name", 25, "text")), List.of(0));

    /** The same columns, and no way to tell rows apart. */
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
                    NullWatermark.IGNORE);

    /** Exactly once, by watermark, bad rows stop it. */
    public static TestLane to(EndpointSpec destination) {
        return new TestLane(
                destination,
                DeliveryMode.EXACTLY_ONCE,
                BY_WATERMARK,
                OnBadRow.QUARANTINE,
                true,
                true,
                PATIENT,
                RESENDING);
    }

    public TestLane with(DeliveryMode other) {
        return new TestLane(
                destination, other, capture, onBadRow, createTable, enabled, retry, lossRules);
    }

    public TestLane with(OnBadRow other) {
        return new TestLane(
                destination, mode, capture, other, createTable, enabled, retry, lossRules);
    }

    public TestLane with(LossRules other) {
        return new TestLane(
                destination, mode, capture, onBadRow, createTable, enabled, retry, other);
    }

    /** Acknowledged rows are not kept to be sent again. */
    public TestLane withoutResending() {
        return with(new LossRules(Duration.ZERO, lossRules.onReplacedTable()));
    }

    /** A destination table that is another one than before will do. */
    public TestLane goingOnIntoReplacedTables() {
        return with(new LossRules(lossRules.resend(), OnReplacedTable.GO_ON));
    }

    /** Shown as quarantined after so many failures in a row. */
    public TestLane quarantinedAfter(int attempts) {
        Retry impatient = new Retry(attempts, retry.delay());
        return new TestLane(
                destination, mode, capture, onBadRow, createTable, enabled, impatient, lossRules);
    }

    public TestLane byDiff() {
        Capture diff = new Capture.ByDiff(0.5);
        return new TestLane(
                destination, mode, diff, onBadRow, createTable, enabled, retry, lossRules);
    }

    public TestLane neverCreating() {
        return new TestLane(destination, mode, capture, onBadRow, false, enabled, retry, lossRules);
    }

    public TestLane disabled() {
        return new TestLane(
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
                        SchemaChange.EVOLVE,
                        DeleteWhen.NEVER,
                        RowLimit.DEFAULT);
        Deliver deliver =
                new Deliver(
                        scan,
                        destination,
                        mode,
                        createTable,
                        onBadRow,
                        SchemaChange.EVOLVE,
                        retry,
                        lossRules);
        return new Pipeline("file/orders", "orders", enabled, "worker-1", 0, deliver);
    }

    public static Column column(String name, int oid, String type) {
        return new Column(name, name, new SqlType(oid, type, 'b', 'X'), true);
    }

    /** An upsert of a row, cells as the server would write them. */
    public static ChangeRow row(RowSchema schema, String... cells) {
        return row(Operation.UPSERT, schema, cells);
    }

    public static ChangeRow row(Operation operation, RowSchema schema, String... cells) {
        byte[] line = String.join("\t", cells).getBytes(StandardCharsets.UTF_8);
        return ChangeRow.of(operation, schema, line, CopyText.EMPTY);
    }
}
