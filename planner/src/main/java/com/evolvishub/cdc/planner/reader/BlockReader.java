package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.destination.DestinationType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a block by the keys it may have: each scalar as the kind its key wants, from the text that
 * stands in the file. Whatever does not fit becomes a problem and is left out.
 */
final class BlockReader {

    private final Vocabulary vocabulary;
    private final References references;
    private final Problems problems;
    private final Node.Block root;

    BlockReader(Vocabulary vocabulary, References references, Problems problems, Node.Block root) {
        this.vocabulary = vocabulary;
        this.references = references;
        this.problems = problems;
        this.root = root;
    }

    /** The values of the whole file. */
    Values read(Section section) {
        return read(root, "", "", section);
    }

    private Values read(Node.Block block, String path, String name, Section section) {
        Map<String, Value> values = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (Node.Entry entry : block.entries()) {
            if (!seen.add(entry.key())) {
                continue;
            }
            String place = TreeLocations.child(path, entry.key());
            Optional<Key> key = section.key(entry.key());
            if (key.isEmpty()) {
                // to look for the key that was meant costs more than to read the line
                if (!problems.isFull()) {
                    problems.addAt(entry.at(), place, unknown(entry.key(), section));
                }
            } else if (key.get().kind() == Key.Kind.ACCEPTED) {
                problems.warn(place, "has no effect: " + key.get().description());
            } else if (!(entry.value() instanceof Node.Scalar scalar) || !scalar.isNothing()) {
                given.add(entry.key());
                value(entry.value(), place, key.get())
                        .ifPresent(value -> values.put(entry.key(), value));
            }
        }
        for (Key key : section.keys()) {
            if (key.required() && !given.contains(key.name())) {
                problems.add(TreeLocations.child(path, key.name()), "is missing");
            }
        }
        return new Values(path, name, section, values, given);
    }

    private static String unknown(String key, Section section) {
        if (key.equals("<<")) {
            return "merge keys are not read; name what blocks share under connections";
        }
        String stranger = section.strangers().get(key);
        if (stranger != null) {
            return stranger;
        }
        String hint = Nearest.hint(key, section.names());
        return "unknown key \"%s\"%s"
                .formatted(
                        key,
                        hint.isEmpty()
                                ? "; a %s block has %s"
                                        .formatted(
                                                section.name(),
                                                String.join(", ", section.effectiveNames()))
                                : hint);
    }

    private Optional<Value> value(Node node, String path, Key key) {
        return switch (key.kind()) {
            case TEXT, SQL, SECRET, FLAG, COUNT, NUMBER -> scalar(node, path, key);
            case NAMES -> names(node, path, key);
            case RENAMES, PARAMETERS -> pairs(node, path, key);
            case BLOCK ->
                    asBlock(node, path, key.kind())
                            .map(block -> blocks(path, key, List.of(nested(block, path, "", key))));
            case BLOCKS -> list(node, path, key);
            case NAMED_BLOCKS -> namedBlocks(node, path, key);
            case ACCEPTED -> Optional.empty();
        };
    }

    private Optional<Value> scalar(Node node, String path, Key key) {
        if (!(node instanceof Node.Scalar scalar)) {
            problems.add(path, "expected %s, found %s".formatted(wanted(key), node.kind()));
            return Optional.empty();
        }
        References.Resolved resolved =
                references.resolve(scalar.text(), key.kind() == Key.Kind.SQL);
        if (resolved.problem().isPresent()) {
            problems.add(path, resolved.problem().get());
            return Optional.empty();
        }
        boolean hidden = key.kind() == Key.Kind.SECRET || key.kind() == Key.Kind.PARAMETERS;
        Value value = Value.of(path, key.name(), resolved.text(), hidden ? "****" : scalar.text());
        if (hidden || resolved.filled()) {
            problems.hide(value.text(), value.shown());
        }
        Optional<String> wrong = wrong(value, key);
        wrong.ifPresent(message -> problems.add(path, message));
        return wrong.isPresent() ? Optional.empty() : Optional.of(value);
    }

    private static String wanted(Key key) {
        return switch (key.kind()) {
            case COUNT, NUMBER -> "a " + key.kind().label();
            case FLAG -> key.kind().label();
            default -> "a text";
        };
    }

    private static Optional<String> wrong(Value value, Key key) {
        return switch (key.kind()) {
            case FLAG ->
                    Value.flag(value.text()).isPresent()
                            ? Optional.empty()
                            : Optional.of(
                                    "expected true or false, found \"%s\""
                                            .formatted(value.shown()));
            case COUNT, NUMBER -> wrongNumber(value, key);
            case TEXT, SQL -> wrongText(value, key);
            default -> Optional.empty();
        };
    }

    private static Optional<String> wrongNumber(Value value, Key key) {
        boolean whole = key.kind() == Key.Kind.COUNT;
        Optional<BigDecimal> number = Value.number(value.text());
        Range range = key.range().orElseThrow();
        boolean fits =
                number.filter(n -> !whole || n.stripTrailingZeros().scale() <= 0)
                        .filter(n -> range.holds(n, whole))
                        .isPresent();
        return fits
                ? Optional.empty()
                : Optional.of(
                        "expected a %s, %s, found \"%s\""
                                .formatted(key.kind().label(), range, value.shown()));
    }

    private static Optional<String> wrongText(Value value, Key key) {
        if (key.required() && value.text().isBlank()) {
            return Optional.of("is empty");
        }
        if (value.text().indexOf('\0') >= 0) {
            return Optional.of("holds a zero character");
        }
        if (key.kind() == Key.Kind.TEXT
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
                            .formatted(key.noun(), value.shown(), expected));
        }
        // a text out of the environment may be close to one it should be, and still be a secret
        String hint =
                value.text().equals(value.shown()) ? Nearest.hint(value.text(), key.choices()) : "";
        return Optional.of(
                "unknown %s \"%s\"; %s%s".formatted(key.noun(), value.shown(), expected, hint));
    }

    private Optional<Value> names(Node node, String path, Key key) {
        if (!(node instanceof Node.Items list)) {
            problems.add(path, "expected a list of names, found %s".formatted(node.kind()));
            return Optional.empty();
        }
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            name(list.items().get(i), TreeLocations.item(path, i), key).ifPresent(items::add);
        }
        return Optional.of(new Value(path, key.name(), "", "", items, List.of()));
    }

    private Optional<Value> name(Node node, String path, Key key) {
        if (node instanceof Node.Scalar scalar && (scalar.isNothing() || scalar.text().isEmpty())) {
            problems.add(path, "expected a name, found nothing");
            return Optional.empty();
        }
        return scalar(node, path, key);
    }

    private Optional<Value> pairs(Node node, String path, Key key) {
        Optional<Node.Block> block = asBlock(node, path, key.kind());
        if (block.isEmpty()) {
            return Optional.empty();
        }
        List<Value> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Node.Entry entry : block.get().entries()) {
            if (!seen.add(entry.key())) {
                continue;
            }
            String place = TreeLocations.child(path, entry.key());
            Optional<Value> value =
                    key.kind() == Key.Kind.RENAMES
                            ? name(entry.value(), place, key)
                            : scalar(entry.value(), place, key);
            if (entry.key().isEmpty()) {
                problems.addAt(entry.at(), place, "expected a name, found nothing");
            } else {
                value.ifPresent(
                        v -> items.add(Value.of(v.path(), entry.key(), v.text(), v.shown())));
            }
        }
        return Optional.of(new Value(path, key.name(), "", "", items, List.of()));
    }

    private Optional<Value> list(Node node, String path, Key key) {
        if (!(node instanceof Node.Items list)) {
            String dash =
                    node instanceof Node.Block
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
        List<Values> blocks = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            String place = TreeLocations.item(path, i);
            asBlock(list.items().get(i), place, Key.Kind.BLOCK)
                    .ifPresent(block -> blocks.add(nested(block, place, "", key)));
        }
        return Optional.of(blocks(path, key, blocks));
    }

    private Optional<Value> namedBlocks(Node node, String path, Key key) {
        Optional<Node.Block> block = asBlock(node, path, key.kind());
        if (block.isEmpty()) {
            return Optional.empty();
        }
        List<Values> blocks = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Node.Entry entry : block.get().entries()) {
            String place = TreeLocations.child(path, entry.key());
            if (seen.add(entry.key())) {
                asBlock(entry.value(), place, Key.Kind.BLOCK)
                        .ifPresent(inner -> blocks.add(nested(inner, place, entry.key(), key)));
            }
        }
        return Optional.of(blocks(path, key, blocks));
    }

    private Optional<Node.Block> asBlock(Node node, String path, Key.Kind kind) {
        if (node instanceof Node.Block block) {
            return Optional.of(block);
        }
        problems.add(path, "expected a %s, found %s".formatted(kind.label(), node.kind()));
        return Optional.empty();
    }

    private static Value blocks(String path, Key key, List<Values> blocks) {
        return new Value(path, key.name(), "", "", List.of(), blocks);
    }

    private Values nested(Node.Block block, String path, String name, Key key) {
        boolean endpoint =
                Set.of(Vocabulary.SOURCE, Vocabulary.DESTINATION, Vocabulary.CONNECTION)
                        .contains(key.section());
        Section section =
                endpoint
                        ? vocabulary.endpoints().section(key.section(), type(block))
                        : vocabulary.section(key.section());
        return read(block, path, name, section);
    }

    /** The type a block names, itself or by its connection: it decides which keys there are. */
    private Optional<DestinationType> type(Node.Block block) {
        return text(block, "type")
                .or(
                        () ->
                                text(block, "connection")
                                        .flatMap(this::connection)
                                        .flatMap(connection -> text(connection, "type")))
                .flatMap(vocabulary.endpoints().types()::find);
    }

    private Optional<Node.Block> connection(String name) {
        return child(root, "connections")
                .filter(Node.Block.class::isInstance)
                .flatMap(connections -> child((Node.Block) connections, name))
                .filter(Node.Block.class::isInstance)
                .map(Node.Block.class::cast);
    }

    private Optional<String> text(Node.Block block, String key) {
        return child(block, key)
                .filter(Node.Scalar.class::isInstance)
                .map(scalar -> references.resolve(((Node.Scalar) scalar).text(), true).text());
    }

    private static Optional<Node> child(Node.Block block, String key) {
        return block.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .map(Node.Entry::value);
    }
}
