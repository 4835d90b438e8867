package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.BlockSchema;
import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.config.tree.ConfigLimits;
import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ConfigNode;
import com.evolvishub.cdc.planner.config.tree.JsonTreeParser;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.config.tree.YamlTreeParser;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the text of a file. It opens no files: environment and secret files are looked up through
 * constructor arguments. Thread-safe.
 */
public final class SpecReader {

    private final ConfigSchema configSchema;
    private final VariableSubstitution references;

    /**
     * @param types the destination types of this build
     * @param environment the value of an environment variable, if set
     * @param secretFiles the text of the file at a path, if it can be read
     */
    public SpecReader(
            DestinationTypes types,
            Function<String, Optional<String>> environment,
            Function<String, Optional<String>> secretFiles) {
        this.configSchema = new ConfigSchema(types);
        this.references =
                new VariableSubstitution(
                        Objects.requireNonNull(environment, "environment"),
                        Objects.requireNonNull(secretFiles, "secretFiles"));
    }

    /**
     * Reads a file.
     *
     * @param fileName its name or path: {@code .json} is read as JSON; a file with a single mapping
     *     (older form) takes its name from it, unless it gives one
     * @param text the whole text
     * @throws PlanException with all errors in the file
     */
    public SpecDocument read(String fileName, String text) {
        ConfigNode.Block root = root(fileName, text);
        ConfigLocations locations = new ConfigLocations(root);
        ProblemCollector problems = new ProblemCollector(locations);
        boolean singleMapping = isSingleMapping(root);
        BlockSchema blockSchema =
                singleMapping ? configSchema.singleMappingFile() : configSchema.multiMappingFile();
        ConfigBlock file =
                new BlockReader(configSchema, references, problems, root).read(blockSchema);
        Optional<ConfigBlock> globalSync = file.block("global_sync");
        EndpointReader endpoints =
                new EndpointReader(configSchema, references, problems, connections(file));
        MappingReader reader = new MappingReader(configSchema, problems, endpoints, globalSync);
        String name =
                file.find("name")
                        .map(ConfigValue::text)
                        .filter(givenName -> !givenName.isBlank())
                        .orElse(singleMapping ? stem(fileName) : "");
        List<MappingSpec> mappings = new ArrayList<>();
        if (singleMapping) {
            mappings.add(reader.read(file, name));
        } else {
            for (ConfigBlock block : file.blocks("mappings")) {
                mappings.add(reader.read(block, block.text("name")));
            }
        }
        ConfigFileSpec spec =
                new ConfigFileSpec(
                        name,
                        singleMapping ? "" : file.text("description"),
                        mappings,
                        file.get("parallel_execution").flag(),
                        file.get("max_workers").count(),
                        file.get("stop_on_error").flag(),
                        MappingReader.constant(LogLevel.class, file.text("log_level")),
                        seconds(file, "interval_seconds"),
                        seconds(file, "timeout_seconds"),
                        checkpoint(file).text("storage"),
                        file.get("shared_checkpoints").flag());
        new ConsistencyChecks(configSchema.endpoints().types(), problems).check(spec);
        return new SpecDocument(spec, locations, problems.warningsUnlessFailed());
    }

    private static ConfigNode.Block root(String fileName, String text) {
        ConfigLimits.checkLength(text);
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        boolean json = fileName.toLowerCase(Locale.ROOT).endsWith(".json");
        Optional<ConfigNode> root = json ? JsonTreeParser.parse(body) : YamlTreeParser.parse(body);
        if (root.isEmpty()
                || (root.get() instanceof ConfigNode.Scalar scalar && scalar.isNothing())) {
            throw ConfigLimits.failure(null, "the file is empty; expected name and mappings");
        }
        if (root.get() instanceof ConfigNode.Block block) {
            if (block.entries().isEmpty()) {
                throw ConfigLimits.failure(null, "the file is empty; expected name and mappings");
            }
            return block;
        }
        throw ConfigLimits.failure(
                root.get().at(),
                "expected keys (name, mappings) at the top of the file, found "
                        + root.get().kind());
    }

    /** Whether the keys of a single mapping are at the top level (older form). */
    private static boolean isSingleMapping(ConfigNode.Block root) {
        List<String> keys = root.entries().stream().map(ConfigNode.Entry::key).toList();
        return !keys.contains("mappings")
                && (keys.contains("source")
                        || keys.contains("destination")
                        || keys.contains("destinations"));
    }

    private static String stem(String fileName) {
        String name =
                fileName.substring(
                        Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static Map<String, ConfigBlock> connections(ConfigBlock file) {
        Map<String, ConfigBlock> connections = new LinkedHashMap<>();
        file.blocks("connections").forEach(values -> connections.put(values.name(), values));
        return connections;
    }

    private ConfigBlock checkpoint(ConfigBlock file) {
        return file.block("checkpoint")
                .orElseGet(
                        () ->
                                ConfigBlock.empty(
                                        "checkpoint", configSchema.block(ConfigSchema.CHECKPOINT)));
    }

    private Duration seconds(ConfigBlock file, String key) {
        return checkpoint(file).get(key).seconds();
    }
}
