package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.DetectChanges;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.Retry;
import com.evolvishub.cdc.planner.physical.RowLimit;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.SchemaChange;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.time.Duration;
import java.util.List;

/** Pipelines that differ in what messages of theirs look like. */
final class Pipelines {

    static final String IDENTITY = "shop/orders/kafka:events.order_events";

    private static final Retry RETRY = new Retry(3, Duration.ofSeconds(1));

    private Pipelines() {}

    /** Orders to Kafka by a timestamp, with these options of the destination. */
    static Pipeline with(Option... options) {
        return with(WatermarkType.TIMESTAMP, options);
    }

    static Pipeline with(WatermarkType watermark, Option... options) {
        Capture capture =
                new Capture.ByWatermark(
                        "updated",
                        watermark,
                        "",
                        "",
                        Duration.ofSeconds(10),
                        1000,
                        Duration.ZERO,
                        NullWatermark.IGNORE);
        PollScan scan =
                new PollScan(
                        new EndpointSpec("postgresql", connection("shop"), "", "orders", List.of()),
                        new Relation.Table("public", "orders"),
                        List.of(),
                        List.of(),
                        List.of(),
                        capture,
                        new Schedule.Every(Duration.ofSeconds(1)),
                        1000,
                        RETRY,
                        SchemaChange.EVOLVE,
                        DeleteWhen.NEVER,
                        RowLimit.DEFAULT);
        return new Pipeline(
                IDENTITY,
                "orders",
                true,
                "worker-1",
                0,
                new Deliver(
                        new DetectChanges(scan, capture),
                        new EndpointSpec(
                                "kafka",
                                connection("events"),
                                "",
                                "order_events",
                                List.of(options)),
                        DeliveryMode.EXACTLY_ONCE,
                        true,
                        OnBadRow.QUARANTINE,
                        SchemaChange.EVOLVE,
                        RETRY));
    }

    static Option option(String name, String value) {
        return new Option(name, new Secret(value));
    }

    private static ConnectionSpec connection(String database) {
        return new ConnectionSpec(
                "localhost",
                1,
                database,
                "",
                Secret.NONE,
                TlsSpec.UNSET,
                Duration.ofSeconds(1),
                List.of());
    }
}
