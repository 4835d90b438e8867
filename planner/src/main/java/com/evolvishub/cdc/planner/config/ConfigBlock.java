package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.schema.BlockSchema;
import com.evolvishub.cdc.planner.config.schema.ConfigOption;
import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of one block. A key with an invalid value counts as given and has no value. */
final class ConfigBlock {

    private final String path;
    private final String name;
    private final BlockSchema blockSchema;
    private final Map<String, ConfigValue> values;
    private final Set<String> given;

    ConfigBlock(
            String path,
            String name,
            BlockSchema blockSchema,
            Map<String, ConfigValue> values,
            Set<String> given) {
        this.path = path;
        this.name = name;
        this.blockSchema = blockSchema;
        this.values = new LinkedHashMap<>(values);
        this.given = new HashSet<>(given);
    }

    static ConfigBlock empty(String path, BlockSchema blockSchema) {
        return new ConfigBlock(path, "", blockSchema, Map.of(), Set.of());
    }

    /** These values, and those of {@code fallback} for keys not given here. */
    ConfigBlock withFallback(ConfigBlock fallback) {
        Map<String, ConfigValue> merged = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigValue> entry : fallback.values.entrySet()) {
            if (!given.contains(entry.getKey())) {
                merged.put(entry.getKey(), entry.getValue());
            }
        }
        merged.putAll(values);
        Set<String> names = new HashSet<>(fallback.given);
        names.addAll(given);
        return new ConfigBlock(path, name, blockSchema, merged, names);
    }

    String path() {
        return path;
    }

    /** The name of a named block. */
    String name() {
        return name;
    }

    /** Whether the file gives that key, with a valid or an invalid value. */
    boolean isGiven(String key) {
        return given.contains(key);
    }

    /** Whether the file gives an invalid value for that key. */
    boolean isInvalid(String key) {
        return given.contains(key) && !values.containsKey(key);
    }

    Optional<ConfigValue> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The path of a key, given or not. */
    String path(String key) {
        return find(key).map(ConfigValue::path).orElse(ConfigLocations.child(path, key));
    }

    /** The value, or the default of its key. */
    ConfigValue get(String key) {
        return find(key)
                .orElseGet(
                        () -> {
                            String initial =
                                    blockSchema.key(key).map(ConfigOption::defaultValue).orElse("");
                            return ConfigValue.of(path(key), key, initial, initial);
                        });
    }

    String text(String key) {
        return get(key).text();
    }

    List<ConfigBlock> blocks(String key) {
        return find(key).map(ConfigValue::blocks).orElse(List.of());
    }

    Optional<ConfigBlock> block(String key) {
        return blocks(key).stream().findFirst();
    }
}
