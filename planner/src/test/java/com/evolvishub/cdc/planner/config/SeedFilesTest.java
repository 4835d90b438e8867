package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeedFilesTest {

    @ParameterizedTest
    @ValueSource(strings = {"basic", "customer_views", "event_buses"})
    void readsTheOriginalExampleFiles(String name) {
        SpecDocument document =
                SpecReaderFixture.plain()
                        .read(SpecReaderFixture.resource("/seed/" + name + ".yaml"));

        assertThat(document.warnings()).isEmpty();
    }

    static List<Path> examples() {
        return SpecReaderFixture.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void readsEachExampleWithoutAnEnvironment(Path example) {
        SpecDocument document =
                SpecReaderFixture.plain()
                        .read(example.getFileName().toString(), SpecReaderFixture.text(example));

        assertThat(document.warnings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleReferencesTheSchema(Path example) {
        assertThat(SpecReaderFixture.text(example))
                .startsWith(
                        "# yaml-language-server: $schema=../docs/schema/multi-cdc.schema.json\n");
    }

    @Test
    void readsTheExampleWithFiveViews() {
        ConfigFileSpec promised =
                SpecReaderFixture.plain()
                        .read(SpecReaderFixture.resource("/seed/customer_views.yaml"))
                        .spec();
        Path file = SpecReaderFixture.EXAMPLES.resolve("multi_customer_views.yaml");
        ConfigFileSpec example =
                SpecReaderFixture.plain().read(SpecReaderFixture.text(file)).spec();

        assertThat(example.name()).isEqualTo(promised.name());
        assertThat(example.maxWorkers()).isEqualTo(promised.maxWorkers());
        assertThat(example.mappings())
                .extracting(SeedFilesTest::route)
                .isEqualTo(promised.mappings().stream().map(SeedFilesTest::route).toList());
    }

    private static String route(MappingSpec mapping) {
        EndpointSpec source = mapping.source();
        EndpointSpec destination = mapping.destinations().get(0);
        return "%s: %s.%s -> %s.%s"
                .formatted(
                        mapping.name(),
                        source.connection().database(),
                        source.table(),
                        destination.connection().database(),
                        destination.table());
    }

    @Test
    void readsEveryKeyOfTheBasicFile() {
        ConfigFileSpec spec =
                SpecReaderFixture.plain()
                        .read(SpecReaderFixture.resource("/seed/basic.yaml"))
                        .spec();

        assertThat(spec.name()).isEqualTo("customer_analytics_sync");
        assertThat(spec.description()).isEqualTo("Sync customer analytics views to data warehouse");
        assertThat(spec.parallelExecution()).isTrue();
        assertThat(spec.maxWorkers()).isEqualTo(3);
        assertThat(spec.stopOnError()).isFalse();
        MappingSpec demographics = spec.mappings().get(0);
        assertThat(demographics.path()).isEqualTo("mappings[0]");
        assertThat(demographics.source().connection().host()).isEqualTo("source-db.company.com");
        assertThat(demographics.source().connection().port()).isEqualTo(5432);
        assertThat(demographics.sync().mode()).isEqualTo(SyncSpec.Mode.CONTINUOUS);
        assertThat(demographics.sync().interval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(demographics.sync().batchSize()).isEqualTo(1000);
        assertThat(demographics.watermark().orElseThrow().column()).isEqualTo("last_updated");
        assertThat(demographics.watermark().orElseThrow().type())
                .isEqualTo(WatermarkType.TIMESTAMP);
        MappingSpec behavior = spec.mappings().get(1);
        assertThat(behavior.watermark()).isEmpty();
        assertThat(behavior.query())
                .isEqualTo(
                        """
                        SELECT customer_id, total_purchases, avg_order_value
                        FROM vw_customer_purchase_behavior\s
                        WHERE analysis_date > %(last_sync)s
                        """);
    }

    @Test
    void readsTheDestinationsOfTheMessageBrokerFile() {
        ConfigFileSpec spec =
                SpecReaderFixture.plain()
                        .read(SpecReaderFixture.resource("/seed/event_buses.yaml"))
                        .spec();

        assertThat(spec.mappings())
                .extracting(mapping -> SpecReaderFixture.label(mapping.destinations().get(0)))
                .containsExactly(
                        "kafka order_events",
                        "pulsar persistent://public/default/customer_events",
                        "redis_streams product_updates");
        assertThat(spec.mappings().get(2).destinations().get(0).connection().database())
                .isEqualTo("0");
    }
}
