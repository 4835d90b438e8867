package com.evolvishub.cdc.planner.reader;

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
record Section(String name, List<Key> keys, Map<String, String> strangers) {

    Section {
        Objects.requireNonNull(name, "name");
        keys = List.copyOf(keys);
        strangers = Map.copyOf(strangers);
    }

    Section(String name, List<Key> keys) {
        this(name, keys, Map.of());
    }

    Optional<Key> key(String wanted) {
        return keys.stream().filter(key -> key.name().equals(wanted)).findFirst();
    }

    /** The names of the keys that do something. */
    List<String> effectiveNames() {
        return keys.stream().filter(key -> key.kind() != Key.Kind.ACCEPTED).map(Key::name).toList();
    }

    List<String> names() {
        return keys.stream().map(Key::name).toList();
    }
}
