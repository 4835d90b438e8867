package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.ConfigOption;
import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.config.schema.EndpointSchema;
import com.evolvishub.cdc.planner.spi.DestinationType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Generates the tables of the user documentation from the schema of keys. */
final class OptionTables {

    private static final Pattern TABLE =
            Pattern.compile("(<!-- keys: (.+?) -->\n).*?(<!-- end of keys -->)", Pattern.DOTALL);

    private final Map<String, List<ConfigOption>> tables = new LinkedHashMap<>();

    OptionTables() {
        ConfigSchema configSchema = new ConfigSchema(SpecReaderFixture.TYPES);
        tables.put("file", configSchema.multiMappingFile().keys());
        for (String name :
                List.of(
                        ConfigSchema.MAPPING,
                        ConfigSchema.SYNC,
                        ConfigSchema.WATERMARK,
                        ConfigSchema.CHECKPOINT)) {
            tables.put(name, configSchema.block(name).keys());
        }
        Optional<DestinationType> postgres = SpecReaderFixture.TYPES.find("postgresql");
        EndpointSchema endpoints = configSchema.endpoints();
        List<ConfigOption> source = endpoints.block(ConfigSchema.SOURCE, postgres).keys();
        List<ConfigOption> destination = endpoints.block(ConfigSchema.DESTINATION, postgres).keys();
        List<String> shared = names(source).stream().filter(names(destination)::contains).toList();
        tables.put("endpoint", only(destination, shared));
        tables.put("source", without(source, shared));
        tables.put("destination", without(destination, shared));
        for (DestinationType type : SpecReaderFixture.TYPES.all()) {
            tables.put(type.name(), type.options().stream().map(EndpointSchema::key).toList());
        }
    }

    /** Regenerates all tables of the page. */
    String fill(String page) {
        return TABLE.matcher(page)
                .replaceAll(
                        match ->
                                Matcher.quoteReplacement(
                                        match.group(1) + table(match.group(2)) + match.group(3)));
    }

    private String table(String name) {
        List<String> lines = new ArrayList<>();
        lines.add("| key | value | default | meaning |");
        lines.add("|---|---|---|---|");
        for (ConfigOption key : tables.get(name)) {
            lines.add(row(key));
        }
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(ConfigOption key) {
        String initial = key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`";
        if (key.kind() == ConfigOption.Kind.IGNORED) {
            return "| `%s` | %s | | %s |"
                    .formatted(
                            key.name(),
                            key.kind().label(),
                            "No effect: " + key.description() + ".");
        }
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        key.name(),
                        value(key),
                        key.required() ? "required" : initial,
                        key.description());
    }

    private static String value(ConfigOption key) {
        if (!key.choices().isEmpty()) {
            return key.choices().stream().map("`%s`"::formatted).collect(Collectors.joining(" "));
        }
        String range = key.range().map(r -> ", " + r).orElse("");
        return key.kind().label() + range;
    }

    private static List<String> names(List<ConfigOption> keys) {
        return keys.stream().map(ConfigOption::name).toList();
    }

    private static List<ConfigOption> only(List<ConfigOption> keys, List<String> names) {
        return keys.stream()
                .filter(key -> names.contains(key.name()))
                .map(
                        key ->
                                key.name().equals("type")
                                        ? ConfigOption.text("type", key.description())
                                        : key)
                .toList();
    }

    private static List<ConfigOption> without(List<ConfigOption> keys, List<String> names) {
        return keys.stream().filter(key -> !names.contains(key.name())).toList();
    }
}
