package com.evolvishub.cdc.planner;

import static com.evolvishub.cdc.planner.Mappings.endpoint;
import static com.evolvishub.cdc.planner.Mappings.file;
import static com.evolvishub.cdc.planner.Mappings.mapping;
import static com.evolvishub.cdc.planner.Mappings.postgres;
import static com.evolvishub.cdc.planner.Mappings.sync;
import static com.evolvishub.cdc.planner.Mappings.warehouse;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.Catalog;
import com.evolvishub.cdc.planner.plan.PlanPrinter;
import com.evolvishub.cdc.planner.spec.MultiCdcSpec;
import com.evolvishub.cdc.planner.spec.Problem;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Whole plans against files. {@code -Dgolden.update} writes them anew, on a developer's machine;
 * the review reads the difference.
 */
class GoldenPlanTest {

    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

    @Test
    void keepsFiveViewsInStepByDiff() throws IOException {
        check("five_views", fiveViews(), RunOverrides.NONE, Catalog.OFFLINE);
    }

    @Test
    void takesTurnsOnOneWorkerWhenSequential() throws IOException {
        var sequential =
                new RunOverrides(
                        List.of(), Optional.of(false), OptionalInt.empty(), Optional.empty());

        check("sequential", fiveViews(), sequential, Catalog.OFFLINE);
    }

    @Test
    void parksWhatIsNotSelected() throws IOException {
        var one =
                new RunOverrides(
                        List.of("lifetime_value"),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.of(SyncSpec.Mode.ONE_TIME));

        check("selected", fiveViews(), one, Catalog.OFFLINE);
    }

    @Test
    void readsByWatermarkAndByQuery() throws IOException {
        var every = sync(SyncSpec.Mode.CONTINUOUS, Duration.ofMinutes(5), "");

        check(
                "basic",
                file(
                        "customer_analytics_sync",
                        mapping("customer_demographics", "vw_customer_demographics")
                                .to("dim_customer_demographics")
                                .watermark("last_updated", WatermarkType.TIMESTAMP)
                                .sync(every),
                        mapping("purchase_behavior", "vw_customer_purchase_behavior")
                                .to("fact_customer_behavior")
                                .query(
                                        """
                                        SELECT customer_id, total_purchases, avg_order_value
                                        FROM vw_customer_purchase_behavior\s
                                        WHERE analysis_date > %(last_sync)s
                                        """)
                                .sync(every)),
                RunOverrides.NONE,
                Catalog.OFFLINE);
    }

    @Test
    void streamsToEventBuses() throws IOException {
        check(
                "event_buses",
                file(
                        "ecommerce_event_streaming",
                        mapping("orders_to_kafka", postgres("localhost", "ecommerce", "orders"))
                                .to(
                                        endpoint(
                                                "kafka",
                                                "localhost",
                                                9092,
                                                "kafka_cluster",
                                                "order_events")),
                        mapping(
                                        "customers_to_pulsar",
                                        postgres("localhost", "ecommerce", "customers"))
                                .to(
                                        endpoint(
                                                "pulsar",
                                                "localhost",
                                                6650,
                                                "public/default",
                                                "persistent://public/default/customer_events")),
                        mapping("products_to_redis", postgres("localhost", "ecommerce", "products"))
                                .to(
                                        endpoint(
                                                "redis_streams",
                                                "localhost",
                                                6379,
                                                "0",
                                                "product_updates"))),
                RunOverrides.NONE,
                Catalog.OFFLINE);
    }

    @Test
    void dropsExcludedKeysAndWatermarksBehindTheSource() throws IOException {
        check(
                "exclusions",
                file(
                        "customer_data_sync",
                        mapping("customer_data", "customers")
                                .to("dim_customers")
                                .watermark("updated_at", WatermarkType.TIMESTAMP)
                                .excluding("internal_notes", "ssn", "updated_at")
                                .renaming("id", "customer_key", "name", "full_name"),
                        mapping("customer_events", "customers")
                                .to(
                                        endpoint(
                                                "kafka",
                                                "localhost",
                                                9092,
                                                "kafka_cluster",
                                                "customer_events"))
                                .watermark("version", WatermarkType.INTEGER)
                                .key("ssn")
                                .excluding("ssn")),
                RunOverrides.NONE,
                new KnownTables()
                        .with(
                                "customers",
                                "id*",
                                "name",
                                "ssn",
                                "internal_notes",
                                "version",
                                "updated_at"));
    }

    @Test
    void keepsTheIdentityOfARenamedMapping() throws IOException {
        check(
                "renamed",
                file(
                        "customer_data_sync",
                        mapping("clients", "customers")
                                .to("dim_customers")
                                .renamedFrom("customer_data")
                                .key("id")
                                .deleteWhen("deleted_at")
                                .watermark("updated_at", WatermarkType.TIMESTAMP)
                                .sync(
                                        sync(
                                                SyncSpec.Mode.CRON,
                                                Duration.ofMinutes(1),
                                                "*/5 * * * *"))),
                RunOverrides.NONE,
                Catalog.OFFLINE);
    }

    @Test
    void givesEveryDestinationItsOwnPipeline() throws IOException {
        check(
                "several_destinations",
                file(
                        "orders_everywhere",
                        mapping("orders", "orders")
                                .watermark("updated_at", WatermarkType.TIMESTAMP)
                                .to("fact_orders")
                                .to(endpoint("kafka", "bus", 9092, "bus", "orders")),
                        mapping("stock", "stock").disabled().to("dim_stock")),
                RunOverrides.NONE,
                new KnownTables()
                        .with("orders", "id", "total", "updated_at")
                        .with("fact_orders", "id*", "total", "updated_at"));
    }

    private static MultiCdcSpec fiveViews() {
        return file(
                "customer_analytics_sync",
                view("customer_demographics", "demographics", "dim_customer_demographics"),
                view("purchase_behavior", "purchase_behavior", "fact_customer_behavior"),
                view("geographic_distribution", "geography", "dim_customer_geography"),
                view("engagement_metrics", "engagement", "fact_customer_engagement"),
                view("lifetime_value", "ltv", "fact_customer_ltv"));
    }

    private static Mappings view(String name, String view, String table) {
        return mapping(name, "vw_customer_" + view).to(warehouse(table));
    }

    private static void check(
            String golden, MultiCdcSpec spec, RunOverrides overrides, Catalog catalog)
            throws IOException {
        var explain = new Explain(FakeDestination.TYPES);
        var plans =
                new Planner(FakeDestination.TYPES)
                        .plan(
                                spec,
                                (path, message) -> new Problem(path, 0, 0, message),
                                overrides,
                                catalog);

        compare(
                golden,
                "logical.txt",
                PlanPrinter.text(Explain.logical("logical plan", plans.logical()))
                        + PlanPrinter.text(Explain.logical("optimized plan", plans.optimized())));
        compare(golden, "physical.txt", PlanPrinter.text(explain.physical(plans.physical())));
        compare(golden, "explain.txt", explain.text(plans));
        assertThat(explain.json(plans) + explain.text(plans) + plans)
                .doesNotContain(Mappings.PASSWORD);
        assertThat(explain.text(plans).lines()).allMatch(line -> line.length() <= 100);
    }

    private static void compare(String golden, String name, String actual) throws IOException {
        Path path = GOLDEN.resolve(golden).resolve(name);
        if (System.getProperty("golden.update") != null) {
            assertThat(System.getenv("CI")).as("golden files are never written in CI").isNull();
            Files.createDirectories(path.getParent());
            Files.writeString(path, actual);
        }
        assertThat(actual).as(path.toString()).isEqualTo(Files.readString(path));
    }
}
