package com.evolvishub.cdc.planner.config.tree;

import java.util.List;

/** A value of a file as written, not interpreted yet. */
public sealed interface ConfigNode {

    /** Where it begins. */
    FilePosition at();

    /** The number of its nodes; those under an alias count at each use. */
    long size();

    /** Its kind in messages. */
    String kind();

    /**
     * A text, number, boolean or nothing.
     *
     * @param at where it begins
     * @param text its text, without quotes and escapes
     * @param plain whether it is unquoted
     */
    record Scalar(FilePosition at, String text, boolean plain) implements ConfigNode {
        @Override
        public long size() {
            return 1;
        }

        @Override
        public String kind() {
            return isNothing() ? "nothing" : "a single value";
        }

        /** Whether it is null or empty. */
        public boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /**
     * A list.
     *
     * @param at where it begins
     * @param items in the file's order
     * @param size see {@link ConfigNode#size}
     */
    record Items(FilePosition at, List<ConfigNode> items, long size) implements ConfigNode {
        Items(FilePosition at, List<ConfigNode> items) {
            this(at, List.copyOf(items), 1 + items.stream().mapToLong(ConfigNode::size).sum());
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A block of keys.
     *
     * @param at where it begins
     * @param entries in the file's order, with duplicate keys
     * @param size see {@link ConfigNode#size}
     */
    record Block(FilePosition at, List<Entry> entries, long size) implements ConfigNode {
        Block(FilePosition at, List<Entry> entries) {
            this(
                    at,
                    List.copyOf(entries),
                    1 + entries.stream().mapToLong(entry -> entry.value().size()).sum());
        }

        @Override
        public String kind() {
            return "a block of keys";
        }
    }

    /**
     * A key and its value.
     *
     * @param at position of the key
     * @param key its text
     * @param value its value
     */
    record Entry(FilePosition at, String key, ConfigNode value) {}
}
