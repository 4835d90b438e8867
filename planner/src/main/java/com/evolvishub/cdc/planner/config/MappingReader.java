package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Builds a mapping from its block and the global settings. */
final class MappingReader {

    private final ProblemCollector problems;
    private final EndpointReader endpoints;
    private final SyncReader syncs;
    private final Optional<ConfigBlock> globalSync;

    MappingReader(
            ConfigSchema configSchema,
            ProblemCollector problems,
            EndpointReader endpoints,
            Optional<ConfigBlock> globalSync) {
        this.problems = problems;
        this.endpoints = endpoints;
        this.syncs = new SyncReader(configSchema.block(ConfigSchema.SYNC), problems);
        this.globalSync = globalSync;
    }

    /**
     * Builds the mapping with that name: the block's name, or that of a file with a single mapping
     * (older form).
     */
    MappingSpec read(ConfigBlock block, String name) {
        Optional<ConfigBlock> source = block.block("source");
        Optional<ConfigValue> query = query(block, source);
        Optional<ConfigBlock> watermark = watermark(block, source);
        MappingSpec mapping =
                new MappingSpec(
                        name,
                        block.path(),
                        block.text("description"),
                        block.get("enabled").flag(),
                        source.map(
                                        values ->
                                                endpoints.source(
                                                        values,
                                                        block.find("source_table"),
                                                        query.isPresent()))
                                .orElseGet(endpoints::emptyEndpoint),
                        destinations(block),
                        watermark.map(this::watermark),
                        query.map(ConfigValue::text).orElse(""),
                        renames(block),
                        block.get("exclude_columns").texts(),
                        sync(block),
                        block.get("key").texts(),
                        block.find("capture")
                                .map(value -> constant(CaptureMode.class, value.text())),
                        constant(DeliveryMode.class, block.text("delivery")),
                        block.get("lookback_seconds").seconds(),
                        DeleteWhen.parse(block.text("delete_when")),
                        constant(BadRowPolicy.class, block.text("on_bad_row")),
                        block.get("refusal_wait").seconds(),
                        constant(SchemaChangePolicy.class, block.text("schema_change")),
                        block.get("max_delete_ratio").number().doubleValue(),
                        new LossPolicy(
                                block.get("resend_seconds").seconds(),
                                constant(
                                        ReplacedTablePolicy.class,
                                        block.text("on_replaced_table"))),
                        block.find("max_row_bytes").map(ConfigValue::count).orElse(0),
                        block.text("renamed_from"));
        checkCapture(block, mapping, watermark);
        return mapping;
    }

    static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    private Optional<ConfigValue> query(ConfigBlock block, Optional<ConfigBlock> source) {
        List<ConfigValue> queries =
                Stream.concat(
                                Stream.of("custom_query", "query", "select")
                                        .flatMap(key -> block.find(key).stream()),
                                source.stream()
                                        .flatMap(
                                                values ->
                                                        Stream.of("query", "select")
                                                                .flatMap(
                                                                        key ->
                                                                                values
                                                                                        .find(key)
                                                                                        .stream())))
                        .toList();
        for (ConfigValue value : queries) {
            if (value.text().isBlank()) {
                problems.add(value.path(), "is empty; expected a query");
            }
        }
        for (int i = 1; i < queries.size(); i++) {
            problems.add(
                    queries.get(i).path(),
                    "a second query; %s has one".formatted(queries.get(0).path()));
        }
        return queries.stream().findFirst();
    }

    private Optional<ConfigBlock> watermark(ConfigBlock block, Optional<ConfigBlock> source) {
        Optional<ConfigBlock> ofMapping = block.block("watermark");
        Optional<ConfigBlock> ofSource = source.flatMap(values -> values.block("watermark"));
        if (ofMapping.isPresent() && ofSource.isPresent()) {
            problems.add(
                    ofSource.get().path(),
                    "a second watermark; %s has one".formatted(ofMapping.get().path()));
        }
        return ofMapping.or(() -> ofSource);
    }

    private WatermarkSpec watermark(ConfigBlock values) {
        WatermarkSpec watermark =
                new WatermarkSpec(
                        values.text("column"),
                        constant(WatermarkType.class, values.text("type")),
                        values.text("initial_value"),
                        values.text("timezone"),
                        values.get("lookback_seconds").seconds(),
                        values.get("lookback_values").count(),
                        values.find("max_pin_seconds")
                                .map(ConfigValue::seconds)
                                .orElse(Duration.ZERO),
                        constant(NullWatermarkPolicy.class, values.text("null_watermark")),
                        values.find("settle_seconds")
                                .map(ConfigValue::seconds)
                                .orElse(Duration.ZERO),
                        values.isGiven("collation")
                                ? WatermarkCollation.C
                                : WatermarkCollation.COLUMN);
        values.find("timezone").ifPresent(syncs::checkZone);
        values.find("collation")
                .filter(given -> watermark.type() != WatermarkType.STRING)
                .ifPresent(
                        given ->
                                problems.add(
                                        given.path(),
                                        "is for texts alone, and this watermark's type is %s, which has one order everywhere; leave collation out, or set type: string where the column is a text"
                                                .formatted(
                                                        watermark
                                                                .type()
                                                                .name()
                                                                .toLowerCase(Locale.ROOT))));
        Optional<ConfigValue> initial = values.find("initial_value");
        if (initial.isPresent()
                && watermark.type() == WatermarkType.INTEGER
                && !initial.get().text().matches("[+-]?[0-9]{1,38}")) {
            problems.add(
                    initial.get().path(),
                    "expected a whole number, found \"%s\"".formatted(initial.get().displayText()));
        }
        return watermark;
    }

    private List<EndpointSpec> destinations(ConfigBlock block) {
        boolean several = block.isGiven("destinations");
        boolean one = block.isGiven("destination");
        Optional<ConfigValue> table = block.find("destination_table");
        if (several && one) {
            problems.add(block.path("destinations"), "stands beside destination; give one of them");
        } else if (!several && !one) {
            problems.add(block.path("destination"), "is missing");
        }
        if (several && table.isPresent()) {
            problems.add(
                    table.get().path(),
                    "goes with destination; give each of the destinations its own table");
        }
        List<EndpointSpec> destinations = new ArrayList<>();
        block.block("destination")
                .map(values -> endpoints.destination(values, table))
                .ifPresent(destinations::add);
        for (ConfigBlock values : block.blocks("destinations")) {
            destinations.add(endpoints.destination(values, Optional.empty()));
        }
        return destinations;
    }

    private static List<ColumnRename> renames(ConfigBlock block) {
        return block.get("column_mapping").items().stream()
                .map(value -> new ColumnRename(value.name(), value.text()))
                .toList();
    }

    private SyncSpec sync(ConfigBlock block) {
        return syncs.read(block.block("sync"), globalSync);
    }

    private void checkCapture(
            ConfigBlock block, MappingSpec mapping, Optional<ConfigBlock> watermark) {
        Optional<CaptureMode> capture = mapping.capture();
        boolean byQuery = capture.filter(mode -> mode == CaptureMode.QUERY).isPresent();
        boolean noWatermark =
                watermark.isEmpty()
                        && !block.isInvalid("watermark")
                        && !block.block("source").map(s -> s.isInvalid("watermark")).orElse(false);
        if (noWatermark && capture.filter(mode -> mode == CaptureMode.WATERMARK).isPresent()) {
            problems.add(block.path("capture"), "watermark needs a watermark block");
        }
        if (byQuery && mapping.query().isEmpty() && !block.isInvalid("custom_query")) {
            problems.add(
                    block.path("capture"),
                    "query needs a custom_query that uses %(last_sync)s or :last_sync");
        }
        if (watermark.isPresent() && block.isGiven("lookback_seconds") && !byQuery) {
            problems.add(
                    block.path("lookback_seconds"),
                    "is for mappings without a watermark block; this one has %s"
                            .formatted(
                                    ConfigLocations.child(
                                            watermark.get().path(), "lookback_seconds")));
        }
    }
}
