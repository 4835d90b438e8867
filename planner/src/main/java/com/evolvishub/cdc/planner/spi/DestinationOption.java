package com.evolvishub.cdc.planner.spi;

import java.util.List;
import java.util.Objects;

/**
 * A key of an endpoint block that is specific to one destination type.
 *
 * @param name its name in YAML
 * @param kind what its value is
 * @param choices the allowed values; empty: any of its kind
 * @param description one sentence for editors and docs
 */
public record DestinationOption(String name, Kind kind, List<String> choices, String description) {

    /** The kinds of value. */
    public enum Kind {
        /** Any text. */
        TEXT,
        /** A whole number of 0 or more. */
        COUNT,
        /** true or false. */
        FLAG,
        /** A text that is never printed. */
        SECRET
    }

    public DestinationOption {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        choices = List.copyOf(choices);
        Objects.requireNonNull(description, "description");
    }

    /** An option with any value of its kind. */
    public static DestinationOption of(String name, Kind kind, String description) {
        return new DestinationOption(name, kind, List.of(), description);
    }

    /** An option with one of the given values. */
    public static DestinationOption oneOf(String name, List<String> choices, String description) {
        return new DestinationOption(name, Kind.TEXT, choices, description);
    }
}
