package com.evolvishub.cdc.formats;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.DetectChanges;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.RetryPolicy;
import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import java.time.Duration;
import java.util.List;

/** Pipelines with different message options. */
public final class MessagePipelines {

    static final String IDENTITY = "shop/orders/kafka:events.order_events";

    private static final RetryPolicy RETRY = new RetryPolicy(3, Duration.ofSeconds(1));

    private MessagePipelines() {}

    /** Orders to Kafka by a timestamp watermark, with these destination options. */
    public static Pipeline with(EndpointOption... options) {
        return with(WatermarkType.TIMESTAMP, options);
    }

    public static Pipeline with(WatermarkType watermark, EndpointOption... options) {
        Capture capture =
                new Capture.ByWatermark(
                        "updated",
                        watermark,
                        "",
                        "",
                        Duration.ofSeconds(10),
                        1000,
                        Duration.ZERO,
                        NullWatermarkPolicy.IGNORE);
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
                        SchemaChangePolicy.EVOLVE,
                        DeleteWhen.NEVER,
                        RowSizeLimit.DEFAULT);
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
                        BadRowPolicy.QUARANTINE,
                        SchemaChangePolicy.EVOLVE,
                        RETRY));
    }

    public static EndpointOption option(String name, String value) {
        return new EndpointOption(name, new Secret(value));
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
