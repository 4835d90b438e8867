package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.destination.DestinationTypes;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.MultiCdcSpec;
import com.evolvishub.cdc.planner.spec.PlanException;
import com.evolvishub.cdc.planner.spec.SpecDocument;
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
 * Reads the text of a file. Touches no file itself: environment and secret files are looked up
 * through what it is handed. Safe for use by many threads.
 */
public final class SpecReader {

    private final Vocabulary vocabulary;
    private final References references;

    /**
     * @param types the destinations that this build knows
     * @param environment the value of an environment variable, if set
     * @param secretFiles the text of the file at a path, if it can be read
     */
    public SpecReader(
            DestinationTypes types,
            Function<String, Optional<String>> environment,
            Function<String, Optional<String>> secretFiles) {
        this.vocabulary = new Vocabulary(types);
        this.references =
                new References(
                        Objects.requireNonNull(environment, "environment"),
                        Objects.requireNonNull(secretFiles, "secretFiles"));
    }

    /**
     * What a file says.
     *
     * @param fileName its name, folders before it allowed: {@code .json} is read as JSON, and an
     *     old single-CDC file without a name of its own is called by it
     * @param text the whole text
     * @throws PlanException with every mistake in the file
     */
    public SpecDocument read(String fileName, String text) {
        Node.Block root = root(fileName, text);
        TreeLocations locations = new TreeLocations(root);
        Problems problems = new Problems(locations);
        boolean old = isOld(root);
        Section section = old ? vocabulary.single() : vocabulary.multi();
        Values file = new BlockReader(vocabulary, references, problems, root).read(section);
        Optional<Values> globalSync = file.block("global_sync");
        EndpointReader endpoints =
                new EndpointReader(vocabulary, references, problems, connections(file));
        MappingReader reader = new MappingReader(vocabulary, problems, endpoints, globalSync);
        String name =
                file.find("name")
                        .map(Value::text)
                        .filter(own -> !own.isBlank())
                        .orElse(old ? stem(fileName) : "");
        List<MappingSpec> mappings = new ArrayList<>();
        if (old) {
            mappings.add(reader.read(file, name));
        } else {
            for (Values block : file.blocks("mappings")) {
                mappings.add(reader.read(block, block.text("name")));
            }
        }
        MultiCdcSpec spec =
                new MultiCdcSpec(
                        name,
                        old ? "" : file.text("description"),
                        mappings,
                        file.get("parallel_execution").flag(),
                        file.get("max_workers").count(),
                        file.get("stop_on_error").flag(),
                        MappingReader.constant(LogLevel.class, file.text("log_level")),
                        seconds(file, "interval_seconds"),
                        seconds(file, "timeout_seconds"),
                        checkpoint(file).text("storage"),
                        file.get("shared_checkpoints").flag());
        new CrossChecks(vocabulary.endpoints().types(), problems).check(spec);
        return new SpecDocument(spec, locations, problems.warningsUnlessFailed());
    }

    private static Node.Block root(String fileName, String text) {
        TreeLimits.checkLength(text);
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        boolean json = fileName.toLowerCase(Locale.ROOT).endsWith(".json");
        Optional<Node> root = json ? JsonTree.parse(body) : YamlTree.parse(body);
        if (root.isEmpty() || (root.get() instanceof Node.Scalar scalar && scalar.isNothing())) {
            throw TreeLimits.failure(null, "the file is empty; expected name and mappings");
        }
        if (root.get() instanceof Node.Block block) {
            if (block.entries().isEmpty()) {
                throw TreeLimits.failure(null, "the file is empty; expected name and mappings");
            }
            return block;
        }
        throw TreeLimits.failure(
                root.get().at(),
                "expected keys (name, mappings) at the top of the file, found "
                        + root.get().kind());
    }

    /** Whether the keys of the one mapping stand at the top, as files had it before mappings. */
    private static boolean isOld(Node.Block root) {
        List<String> keys = root.entries().stream().map(Node.Entry::key).toList();
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

    private static Map<String, Values> connections(Values file) {
        Map<String, Values> connections = new LinkedHashMap<>();
        file.blocks("connections").forEach(values -> connections.put(values.name(), values));
        return connections;
    }

    private Values checkpoint(Values file) {
        return file.block("checkpoint")
                .orElseGet(
                        () ->
                                Values.empty(
                                        "checkpoint", vocabulary.section(Vocabulary.CHECKPOINT)));
    }

    private Duration seconds(Values file, String key) {
        return checkpoint(file).get(key).seconds();
    }
}
