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

/**
 * The values of one block. A key that was given, but badly, is known to be there and has no value.
 */
final class ConfigBlock {

    private final String path;
    private final String name;
    private final BlockSchema section;
    private final Map<String, ConfigValue> values;
    private final Set<String> given;

    ConfigBlock(
            String path,
            String name,
            BlockSchema section,
            Map<String, ConfigValue> values,
            Set<String> given) {
        this.path = path;
        this.name = name;
        this.section = section;
        this.values = new LinkedHashMap<>(values);
        this.given = new HashSet<>(given);
    }

    static ConfigBlock empty(String path, BlockSchema section) {
        return new ConfigBlock(path, "", section, Map.of(), Set.of());
    }

    /** These values, and below them those of {@code under} for keys not given here. */
    ConfigBlock withFallback(ConfigBlock under) {
        Map<String, ConfigValue> both = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigValue> entry : under.values.entrySet()) {
            if (!given.contains(entry.getKey())) {
                both.put(entry.getKey(), entry.getValue());
            }
        }
        both.putAll(values);
        Set<String> names = new HashSet<>(under.given);
        names.addAll(given);
        return new ConfigBlock(path, name, section, both, names);
    }

    String path() {
        return path;
    }

    /** The key of a block that stands by its name. */
    String name() {
        return name;
    }

    /** Whether the file says anything for that key, good or bad. */
    boolean isGiven(String key) {
        return given.contains(key);
    }

    /** Whether the file says something for that key that cannot be used. */
    boolean isInvalid(String key) {
        return given.contains(key) && !values.containsKey(key);
    }

    Optional<ConfigValue> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Where a key stands, or would stand. */
    String path(String key) {
        return find(key).map(ConfigValue::path).orElse(ConfigLocations.child(path, key));
    }

    /** The value, or what its key says holds when it is not given. */
    ConfigValue get(String key) {
        return find(key)
                .orElseGet(
                        () -> {
                            String initial =
                                    section.key(key).map(ConfigOption::defaultValue).orElse("");
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
