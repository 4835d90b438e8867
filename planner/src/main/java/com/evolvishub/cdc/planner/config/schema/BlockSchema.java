package com.evolvishub.cdc.planner.config.schema;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The keys of one kind of block.
 *
 * @param name what a message calls the block
 * @param keys in the order users read them
 * @param strangers keys that belong elsewhere, with the sentence that says so
 */
public record BlockSchema(String name, List<ConfigOption> keys, Map<String, String> misplacedKeys) {

    public BlockSchema {
        Objects.requireNonNull(name, "name");
        keys = List.copyOf(keys);
        misplacedKeys = Map.copyOf(misplacedKeys);
    }

    public BlockSchema(String name, List<ConfigOption> keys) {
        this(name, keys, Map.of());
    }

    public Optional<ConfigOption> key(String wanted) {
        return keys.stream().filter(key -> key.name().equals(wanted)).findFirst();
    }

    /** The names of the keys that do something. */
    public List<String> effectiveNames() {
        return keys.stream()
                .filter(key -> key.kind() != ConfigOption.Kind.IGNORED)
                .map(ConfigOption::name)
                .toList();
    }

    public List<String> names() {
        return keys.stream().map(ConfigOption::name).toList();
    }
}
