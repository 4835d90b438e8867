package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class EveryOptionTest {

    private static final SpecDocument DOCUMENT =
            SpecReaderFixture.plain().read(SpecReaderFixture.resource("/every_key.yaml"));
    private static final ConfigFileSpec SPEC = DOCUMENT.spec();
    private static final MappingSpec ORDERS = SPEC.mappings().get(0);
    private static final MappingSpec ITEMS = SPEC.mappings().get(1);

    @Test
    void theFileContainsEveryKey() {
        ConfigSchema configSchema = new ConfigSchema(SpecReaderFixture.TYPES);
        Set<String> keys = new TreeSet<>(configSchema.multiMappingFile().names());
        for (String name : List.of("mapping", "sync", "watermark", "checkpoint")) {
            keys.addAll(configSchema.block(name).names());
        }
        for (DestinationType type : SpecReaderFixture.TYPES.all()) {
            type.options().forEach(option -> keys.add(option.name()));
        }
        String file = SpecReaderFixture.resource("/every_key.yaml");

        assertThat(keys).allSatisfy(key -> assertThat(file).contains(key + ":"));
    }

    @Test
    void readsTheTopLevelKeys() {
        assertThat(SPEC)
                .returns("every_key", ConfigFileSpec::name)
                .returns(false, ConfigFileSpec::parallelExecution)
                .returns(40, ConfigFileSpec::maxWorkers)
                .returns(true, ConfigFileSpec::stopOnError)
                .returns(LogLevel.DEBUG, ConfigFileSpec::logLevel)
                .returns(Duration.ofSeconds(2), ConfigFileSpec::checkpointInterval)
                .returns(Duration.ofSeconds(90), ConfigFileSpec::checkpointTimeout)
                .returns("file:///state", ConfigFileSpec::checkpointStorage)
                .returns(true, ConfigFileSpec::sharedCheckpoints);
    }

    @Test
    void readsAMapping() {
        assertThat(ORDERS)
                .returns("orders", MappingSpec::name)
                .returns("all orders", MappingSpec::description)
                .returns(false, MappingSpec::enabled)
                .returns("", MappingSpec::query)
                .returns(
                        List.of(
                                new ColumnRename("id", "order_id"),
                                new ColumnRename("on", "since")),
                        MappingSpec::columnMapping)
                .returns(List.of("ssn", "no"), MappingSpec::excludeColumns)
                .returns(List.of("id"), MappingSpec::key)
                .returns(DeliveryMode.AT_LEAST_ONCE, MappingSpec::delivery)
                .returns(new DeleteWhen("gone", ""), MappingSpec::deleteWhen)
                .returns(BadRowPolicy.DEAD_LETTER, MappingSpec::onBadRow)
                .returns(SchemaChangePolicy.FAIL, MappingSpec::schemaChange)
                .returns(0.9, MappingSpec::maxDeleteRatio)
                .returns(
                        new LossPolicy(Duration.ofSeconds(30), ReplacedTablePolicy.GO_ON),
                        MappingSpec::lossRules)
                .returns(5_000_000L, MappingSpec::maxRowBytes)
                .returns("old_orders", MappingSpec::renamedFrom);
        assertThat(ORDERS.capture()).contains(CaptureMode.WATERMARK);
        assertThat(ORDERS.watermark())
                .contains(
                        new WatermarkSpec(
                                "changed",
                                WatermarkType.INTEGER,
                                "5",
                                "Asia/Tokyo",
                                Duration.ofMillis(1500),
                                20,
                                Duration.ofMinutes(10),
                                NullWatermarkPolicy.INCLUDE_ONCE,
                                Duration.ofSeconds(20),
                                WatermarkCollation.COLUMN));
    }

    @Test
    void overridesTheGlobalScheduleKeyByKey() {
        assertThat(ITEMS.watermark().orElseThrow().collation()).isEqualTo(WatermarkCollation.C);
        assertThat(ITEMS.sync())
                .isEqualTo(
                        new SyncSpec(
                                SyncSpec.Mode.CRON,
                                Duration.ofMillis(2500),
                                10,
                                "*/5 * * * *",
                                "Europe/Berlin",
                                7,
                                Duration.ofMillis(500)));
        assertThat(ORDERS.sync())
                .isEqualTo(
                        new SyncSpec(
                                SyncSpec.Mode.CONTINUOUS,
                                Duration.ofSeconds(1),
                                10,
                                "",
                                "Europe/Berlin",
                                7,
                                Duration.ofMillis(500)));
    }

    @Test
    void mergesASourceWithItsConnection() {
        EndpointSpec source = ORDERS.source();

        assertThat(source.schema()).isEqualTo("sales");
        assertThat(source.table()).isEqualTo("orders");
        assertThat(source.connection().host()).isEqualTo("shop-db");
        assertThat(source.connection().port()).isEqualTo(5433);
        assertThat(source.connection().password().reveal()).isEqualTo("0777");
        assertThat(source.connection().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(source.connection().tls())
                .isEqualTo(new TlsSpec("verify-full", "c.pem", "k.pem", "r.pem"));
        assertThat(source.connection().parameters())
                .extracting(EndpointOption::name, option -> option.value().reveal())
                .containsExactly(tuple("socketTimeout", "60"), tuple("tcpKeepAlive", "true"));
    }

    @Test
    void readsTheOptionsOfEachType() {
        assertThat(options(0))
                .containsExactly(
                        "create_table=never",
                        "message_format=debezium",
                        "key_field=id",
                        "bootstrap_servers=a:9092, b:9092",
                        "compression_type=zstd",
                        "acks=all",
                        "retries=3",
                        "security_protocol=SASL_SSL",
                        "sasl_mechanism=SCRAM-SHA-512",
                        "sasl_username=me",
                        "sasl_password=hush",
                        "transaction_timeout_seconds=60",
                        "partitions=6",
                        "replication_factor=3");
        assertThat(options(1)).contains("batching_enabled=true", "block_if_queue_full=false");
        assertThat(options(2)).contains("max_length=1000", "cluster=false");
        assertThat(ORDERS.destinations().get(2).connection().username()).isEqualTo("me");
    }

    private static List<String> options(int destination) {
        return ORDERS.destinations().get(destination).options().stream()
                .map(option -> option.name() + "=" + option.value().reveal())
                .toList();
    }

    @Test
    void readsTableNamesOfTheMapping() {
        assertThat(ITEMS.source().table()).isEqualTo("items");
        assertThat(ITEMS.destinations().get(0))
                .returns("sales", EndpointSpec::schema)
                .returns("items", EndpointSpec::table);
    }

    @Test
    void namesTheReplacementOfKeysWithoutEffect() {
        assertThat(DOCUMENT.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "global_sync.watermark_table: has no effect: state lives in checkpoints (line 12)",
                        "global_sync.watermark_storage: has no effect: state lives in checkpoints (line 13)",
                        "global_sync.compression: has no effect: see compression_type of the destination (line 14)",
                        "global_sync.encryption: has no effect: see ssl_mode of source and destination (line 15)",
                        "enable_monitoring: has no effect: metrics are always on; see the Flink Web UI and the status command (line 22)",
                        "global_plugins: has no effect: use column_mapping, exclude_columns and custom_query in its place (line 23)",
                        "plugins: has no effect: use column_mapping, exclude_columns and custom_query in its place (line 24)",
                        "connections.shop.pool_size: has no effect: mappings share connections by themselves (line 39)",
                        "connections.shop.max_overflow: has no effect: mappings share connections by themselves (line 40)",
                        "mappings[0].source.watermark.increment_value: has no effect: it never had an effect (line 72)");
    }

    @Test
    void findsPositionsForLaterProblems() {
        assertThat(DOCUMENT.locations().problem("mappings[0].column_mapping.id", "no such column"))
                .hasToString("mappings[0].column_mapping.id: no such column (line 100)");
        assertThat(DOCUMENT.locations().problem("mappings[1].destination.port", "in use"))
                .hasToString("mappings[1].destination.port: in use (line 123)");
    }

    @Test
    void readsTheSameFileAsJson() throws Exception {
        Object tree =
                new Load(LoadSettings.builder().build())
                        .loadFromString(SpecReaderFixture.resource("/every_key.yaml"));
        String json = new ObjectMapper().writeValueAsString(tree);

        assertThat(SpecReaderFixture.plain().read("file.json", json).spec()).isEqualTo(SPEC);
    }
}
