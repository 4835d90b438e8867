package com.evolvishub.cdc.planner.config.tree;

import java.util.List;

/** A value of a file as it was written: nothing is read into it yet. */
public sealed interface ConfigNode {

    /** Where it begins. */
    FilePosition at();

    /** How many nodes it is made of, those under aliases counted each time they are named. */
    long size();

    /** What a message calls it. */
    String kind();

    /**
     * A text, number, boolean or nothing.
     *
     * @param at where it begins
     * @param text its text, quotes and escapes undone
     * @param plain whether it stood without quotes
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

        /** Whether the file says that there is no value. */
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
     * @param entries in the file's order, doubled keys among them
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
     * @param at where the key stands
     * @param key its text
     * @param value what it is set to
     */
    record Entry(FilePosition at, String key, ConfigNode value) {}
}
