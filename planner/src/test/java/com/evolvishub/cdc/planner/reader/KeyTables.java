package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.destination.DestinationType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of the page for users, made from the keys the reader knows. */
final class KeyTables {

    private static final Pattern TABLE =
            Pattern.compile("(<!-- keys: (.+?) -->\n).*?(<!-- end of keys -->)", Pattern.DOTALL);

    private final Map<String, List<Key>> tables = new LinkedHashMap<>();

    KeyTables() {
        Vocabulary vocabulary = new Vocabulary(Reading.TYPES);
        tables.put("file", vocabulary.multi().keys());
        for (String name :
                List.of(
                        Vocabulary.MAPPING,
                        Vocabulary.SYNC,
                        Vocabulary.WATERMARK,
                        Vocabulary.CHECKPOINT)) {
            tables.put(name, vocabulary.section(name).keys());
        }
        Optional<DestinationType> postgres = Reading.TYPES.find("postgresql");
        EndpointKeys endpoints = vocabulary.endpoints();
        List<Key> source = endpoints.section(Vocabulary.SOURCE, postgres).keys();
        List<Key> destination = endpoints.section(Vocabulary.DESTINATION, postgres).keys();
        List<String> shared = names(source).stream().filter(names(destination)::contains).toList();
        tables.put("endpoint", only(destination, shared));
        tables.put("source", without(source, shared));
        tables.put("destination", without(destination, shared));
        for (DestinationType type : Reading.TYPES.all()) {
            tables.put(type.name(), type.options().stream().map(EndpointKeys::key).toList());
        }
    }

    /** The page with each table made anew. */
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
        for (Key key : tables.get(name)) {
            lines.add(row(key));
        }
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Key key) {
        String initial = key.initial().isEmpty() ? "" : "`" + key.initial() + "`";
        if (key.kind() == Key.Kind.ACCEPTED) {
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

    private static String value(Key key) {
        if (!key.choices().isEmpty()) {
            return key.choices().stream().map("`%s`"::formatted).collect(Collectors.joining(" "));
        }
        String range = key.range().map(r -> ", " + r).orElse("");
        return key.kind().label() + range;
    }

    private static List<String> names(List<Key> keys) {
        return keys.stream().map(Key::name).toList();
    }

    private static List<Key> only(List<Key> keys, List<String> names) {
        return keys.stream()
                .filter(key -> names.contains(key.name()))
                .map(key -> key.name().equals("type") ? Key.text("type", key.description()) : key)
                .toList();
    }

    private static List<Key> without(List<Key> keys, List<String> names) {
        return keys.stream().filter(key -> !names.contains(key.name())).toList();
    }
}
