package com.evolvishub.cdc.planner.reader;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of one block. A key that was given, but badly, is known to be there and has no value.
 */
final class Values {

    private final String path;
    private final String name;
    private final Section section;
    private final Map<String, Value> values;
    private final Set<String> given;

    Values(
            String path,
            String name,
            Section section,
            Map<String, Value> values,
            Set<String> given) {
        this.path = path;
        this.name = name;
        this.section = section;
        this.values = new LinkedHashMap<>(values);
        this.given = new HashSet<>(given);
    }

    static Values empty(String path, Section section) {
        return new Values(path, "", section, Map.of(), Set.of());
    }

    /** These values, and below them those of {@code under} for keys not given here. */
    Values over(Values under) {
        Map<String, Value> both = new LinkedHashMap<>();
        for (Map.Entry<String, Value> entry : under.values.entrySet()) {
            if (!given.contains(entry.getKey())) {
                both.put(entry.getKey(), entry.getValue());
            }
        }
        both.putAll(values);
        Set<String> names = new HashSet<>(under.given);
        names.addAll(given);
        return new Values(path, name, section, both, names);
    }

    String path() {
        return path;
    }

    /** The key of a block that stands by its name. */
    String name() {
        return name;
    }

    /** Whether the file says anything for that key, good or bad. */
    boolean gives(String key) {
        return given.contains(key);
    }

    /** Whether the file says something for that key that cannot be used. */
    boolean spoils(String key) {
        return given.contains(key) && !values.containsKey(key);
    }

    Optional<Value> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Where a key stands, or would stand. */
    String path(String key) {
        return find(key).map(Value::path).orElse(TreeLocations.child(path, key));
    }

    /** The value, or what its key says holds when it is not given. */
    Value get(String key) {
        return find(key)
                .orElseGet(
                        () -> {
                            String initial = section.key(key).map(Key::initial).orElse("");
                            return Value.of(path(key), key, initial, initial);
                        });
    }

    String text(String key) {
        return get(key).text();
    }

    List<Values> blocks(String key) {
        return find(key).map(Value::blocks).orElse(List.of());
    }

    Optional<Values> block(String key) {
        return blocks(key).stream().findFirst();
    }
}
