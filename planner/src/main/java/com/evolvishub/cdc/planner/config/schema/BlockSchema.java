package com.evolvishub.cdc.planner.config.schema;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The keys of one kind of block.
 *
 * @param name the block's name in messages
 * @param keys in documentation order
 * @param misplacedKeys keys that belong to another block, each with its message
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

    public Optional<ConfigOption> key(String keyName) {
        return keys.stream().filter(key -> key.name().equals(keyName)).findFirst();
    }

    /** The names of the keys that have an effect. */
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
