package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.BlockSchema;
import com.evolvishub.cdc.planner.config.schema.ConfigOption;
import com.evolvishub.cdc.planner.config.schema.ConfigSchema;
import com.evolvishub.cdc.planner.config.schema.NumberRange;
import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ConfigNode;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spi.DestinationType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a block by its schema: each scalar is parsed from its text in the file as the kind of its
 * key. A value that does not match becomes a problem and is omitted.
 */
final class BlockReader {

    private final ConfigSchema configSchema;
    private final VariableSubstitution references;
    private final ProblemCollector problems;
    private final ConfigNode.Block root;

    BlockReader(
            ConfigSchema configSchema,
            VariableSubstitution references,
            ProblemCollector problems,
            ConfigNode.Block root) {
        this.configSchema = configSchema;
        this.references = references;
        this.problems = problems;
        this.root = root;
    }

    /** The values of the whole file. */
    ConfigBlock read(BlockSchema blockSchema) {
        return read(root, "", "", blockSchema);
    }

    private ConfigBlock read(
            ConfigNode.Block block, String path, String name, BlockSchema blockSchema) {
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (ConfigNode.Entry entry : block.entries()) {
            if (!seen.add(entry.key())) {
                continue;
            }
            String childPath = ConfigLocations.child(path, entry.key());
            Optional<ConfigOption> key = blockSchema.key(entry.key());
            if (key.isEmpty()) {
                // finding the intended key is more expensive than reading the line
                if (!problems.isFull()) {
                    problems.addAt(entry.at(), childPath, unknown(entry.key(), blockSchema));
                }
            } else if (key.get().kind() == ConfigOption.Kind.IGNORED) {
                problems.warn(childPath, "has no effect: " + key.get().description());
            } else if (!(entry.value() instanceof ConfigNode.Scalar scalar)
                    || !scalar.isNothing()) {
                given.add(entry.key());
                value(entry.value(), childPath, key.get())
                        .ifPresent(value -> values.put(entry.key(), value));
            }
        }
        for (ConfigOption key : blockSchema.keys()) {
            if (key.required() && !given.contains(key.name())) {
                problems.add(ConfigLocations.child(path, key.name()), "is missing");
            }
        }
        return new ConfigBlock(path, name, blockSchema, values, given);
    }

    private static String unknown(String key, BlockSchema blockSchema) {
        if (key.equals("<<")) {
            return "merge keys are not read; name what blocks share under connections";
        }
        String misplaced = blockSchema.misplacedKeys().get(key);
        if (misplaced != null) {
            return misplaced;
        }
        String hint = DidYouMean.hint(key, blockSchema.names());
        return "unknown key \"%s\"%s"
                .formatted(
                        key,
                        hint.isEmpty()
                                ? "; a %s block has %s"
                                        .formatted(
                                                blockSchema.name(),
                                                String.join(", ", blockSchema.effectiveNames()))
                                : hint);
    }

    private Optional<ConfigValue> value(ConfigNode node, String path, ConfigOption key) {
        return switch (key.kind()) {
            case TEXT, SQL, SECRET, FLAG, COUNT, NUMBER -> scalar(node, path, key);
            case NAMES -> names(node, path, key);
            case RENAMES, PARAMETERS -> pairs(node, path, key);
            case BLOCK ->
                    asBlock(node, path, key.kind())
                            .map(block -> blocks(path, key, List.of(nested(block, path, "", key))));
            case BLOCKS -> list(node, path, key);
            case NAMED_BLOCKS -> namedBlocks(node, path, key);
            case IGNORED -> Optional.empty();
        };
    }

    private Optional<ConfigValue> scalar(ConfigNode node, String path, ConfigOption key) {
        if (!(node instanceof ConfigNode.Scalar scalar)) {
            problems.add(path, "expected %s, found %s".formatted(expected(key), node.kind()));
            return Optional.empty();
        }
        VariableSubstitution.Resolved resolved =
                references.resolve(scalar.text(), key.kind() == ConfigOption.Kind.SQL);
        if (resolved.problem().isPresent()) {
            problems.add(path, resolved.problem().get());
            return Optional.empty();
        }
        boolean hidden =
                key.kind() == ConfigOption.Kind.SECRET
                        || key.kind() == ConfigOption.Kind.PARAMETERS;
        ConfigValue value =
                ConfigValue.of(path, key.name(), resolved.text(), hidden ? "****" : scalar.text());
        if (hidden || resolved.filled()) {
            problems.mask(value.text(), value.displayText());
        }
        Optional<String> wrong = wrong(value, key);
        wrong.ifPresent(message -> problems.add(path, message));
        return wrong.isPresent() ? Optional.empty() : Optional.of(value);
    }

    private static String expected(ConfigOption key) {
        return switch (key.kind()) {
            case COUNT, NUMBER -> "a " + key.kind().label();
            case FLAG -> key.kind().label();
            default -> "a text";
        };
    }

    private static Optional<String> wrong(ConfigValue value, ConfigOption key) {
        return switch (key.kind()) {
            case FLAG ->
                    ConfigValue.flag(value.text()).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "expected true or false, found \"%s\""
                                            .formatted(value.displayText()));
            case COUNT, NUMBER -> wrongNumber(value, key);
            case TEXT, SQL -> wrongText(value, key);
            default -> Optional.empty();
        };
    }

    private static Optional<String> wrongNumber(ConfigValue value, ConfigOption key) {
        boolean isCount = key.kind() == ConfigOption.Kind.COUNT;
        Optional<BigDecimal> number = ConfigValue.number(value.text());
        NumberRange range = key.range().orElseThrow();
        boolean fits =
                number.filter(n -> !isCount || n.stripTrailingZeros().scale() <= 0)
                        .filter(n -> range.contains(n, isCount))
                        .isPresent();
        return fits
                ? Optional.empty()
                : Optional.of(
                        "expected a %s, %s, found \"%s\""
                                .formatted(key.kind().label(), range, value.displayText()));
    }

    private static Optional<String> wrongText(ConfigValue value, ConfigOption key) {
        if (key.required() && value.text().isBlank()) {
            return Optional.of("is empty");
        }
        if (value.text().indexOf('\0') >= 0) {
            return Optional.of("holds a zero character");
        }
        if (key.kind() == ConfigOption.Kind.TEXT
                && key.choices().isEmpty()
                && !key.name().equals("description")
                && value.text().chars().anyMatch(Character::isISOControl)) {
            return Optional.of("holds a line break or control character");
        }
        if (key.choices().isEmpty() || key.choices().contains(value.text())) {
            return Optional.empty();
        }
        String expected =
                key.choices().size() == 1
                        ? "expected " + key.choices().get(0)
                        : "expected one of " + String.join(", ", key.choices());
        if (key.unsupported().contains(value.text())) {
            return Optional.of(
                    "%s \"%s\" is not supported yet; %s"
                            .formatted(key.noun(), value.displayText(), expected));
        }
        // a text from the environment may resemble an allowed value and still be a secret
        String hint =
                value.text().equals(value.displayText())
                        ? DidYouMean.hint(value.text(), key.choices())
                        : "";
        return Optional.of(
                "unknown %s \"%s\"; %s%s"
                        .formatted(key.noun(), value.displayText(), expected, hint));
    }

    private Optional<ConfigValue> names(ConfigNode node, String path, ConfigOption key) {
        if (!(node instanceof ConfigNode.Items list)) {
            problems.add(path, "expected a list of names, found %s".formatted(node.kind()));
            return Optional.empty();
        }
        List<ConfigValue> items = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            name(list.items().get(i), ConfigLocations.item(path, i), key).ifPresent(items::add);
        }
        return Optional.of(new ConfigValue(path, key.name(), "", "", items, List.of()));
    }

    private Optional<ConfigValue> name(ConfigNode node, String path, ConfigOption key) {
        if (node instanceof ConfigNode.Scalar scalar
                && (scalar.isNothing() || scalar.text().isEmpty())) {
            problems.add(path, "expected a name, found nothing");
            return Optional.empty();
        }
        return scalar(node, path, key);
    }

    private Optional<ConfigValue> pairs(ConfigNode node, String path, ConfigOption key) {
        Optional<ConfigNode.Block> block = asBlock(node, path, key.kind());
        if (block.isEmpty()) {
            return Optional.empty();
        }
        List<ConfigValue> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ConfigNode.Entry entry : block.get().entries()) {
            if (!seen.add(entry.key())) {
                continue;
            }
            String childPath = ConfigLocations.child(path, entry.key());
            Optional<ConfigValue> value =
                    key.kind() == ConfigOption.Kind.RENAMES
                            ? name(entry.value(), childPath, key)
                            : scalar(entry.value(), childPath, key);
            if (entry.key().isEmpty()) {
                problems.addAt(entry.at(), childPath, "expected a name, found nothing");
            } else {
                value.ifPresent(
                        v ->
                                items.add(
                                        ConfigValue.of(
                                                v.path(), entry.key(), v.text(), v.displayText())));
            }
        }
        return Optional.of(new ConfigValue(path, key.name(), "", "", items, List.of()));
    }

    private Optional<ConfigValue> list(ConfigNode node, String path, ConfigOption key) {
        if (!(node instanceof ConfigNode.Items list)) {
            String dash =
                    node instanceof ConfigNode.Block
                            ? "; is the dash (- ) before its first key missing?"
                            : "";
            problems.add(
                    path, "expected a list of blocks, found %s%s".formatted(node.kind(), dash));
            return Optional.empty();
        }
        if (list.items().isEmpty()) {
            problems.add(path, "is empty; expected at least one block");
            return Optional.empty();
        }
        List<ConfigBlock> blocks = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            String childPath = ConfigLocations.item(path, i);
            asBlock(list.items().get(i), childPath, ConfigOption.Kind.BLOCK)
                    .ifPresent(block -> blocks.add(nested(block, childPath, "", key)));
        }
        return Optional.of(blocks(path, key, blocks));
    }

    private Optional<ConfigValue> namedBlocks(ConfigNode node, String path, ConfigOption key) {
        Optional<ConfigNode.Block> block = asBlock(node, path, key.kind());
        if (block.isEmpty()) {
            return Optional.empty();
        }
        List<ConfigBlock> blocks = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ConfigNode.Entry entry : block.get().entries()) {
            String childPath = ConfigLocations.child(path, entry.key());
            if (seen.add(entry.key())) {
                asBlock(entry.value(), childPath, ConfigOption.Kind.BLOCK)
                        .ifPresent(inner -> blocks.add(nested(inner, childPath, entry.key(), key)));
            }
        }
        return Optional.of(blocks(path, key, blocks));
    }

    private Optional<ConfigNode.Block> asBlock(
            ConfigNode node, String path, ConfigOption.Kind kind) {
        if (node instanceof ConfigNode.Block block) {
            return Optional.of(block);
        }
        problems.add(path, "expected a %s, found %s".formatted(kind.label(), node.kind()));
        return Optional.empty();
    }

    private static ConfigValue blocks(String path, ConfigOption key, List<ConfigBlock> blocks) {
        return new ConfigValue(path, key.name(), "", "", List.of(), blocks);
    }

    private ConfigBlock nested(ConfigNode.Block block, String path, String name, ConfigOption key) {
        boolean endpoint =
                Set.of(ConfigSchema.SOURCE, ConfigSchema.DESTINATION, ConfigSchema.CONNECTION)
                        .contains(key.blockName());
        BlockSchema blockSchema =
                endpoint
                        ? configSchema.endpoints().block(key.blockName(), type(block))
                        : configSchema.block(key.blockName());
        return read(block, path, name, blockSchema);
    }

    /** The type that a block or its connection names: it decides which keys are allowed. */
    private Optional<DestinationType> type(ConfigNode.Block block) {
        return text(block, "type")
                .or(
                        () ->
                                text(block, "connection")
                                        .flatMap(this::connection)
                                        .flatMap(connection -> text(connection, "type")))
                .flatMap(configSchema.endpoints().types()::find);
    }

    private Optional<ConfigNode.Block> connection(String name) {
        return child(root, "connections")
                .filter(ConfigNode.Block.class::isInstance)
                .flatMap(connections -> child((ConfigNode.Block) connections, name))
                .filter(ConfigNode.Block.class::isInstance)
                .map(ConfigNode.Block.class::cast);
    }

    private Optional<String> text(ConfigNode.Block block, String key) {
        return child(block, key)
                .filter(ConfigNode.Scalar.class::isInstance)
                .map(
                        scalar ->
                                references
                                        .resolve(((ConfigNode.Scalar) scalar).text(), true)
                                        .text());
    }

    private static Optional<ConfigNode> child(ConfigNode.Block block, String key) {
        return block.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .map(ConfigNode.Entry::value);
    }
}
