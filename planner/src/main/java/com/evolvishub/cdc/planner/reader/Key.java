package com.evolvishub.cdc.planner.reader;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A key of a file, told once: the reader, the JSON Schema and the pages for users are made from it.
 *
 * @param name its name in the file
 * @param kind what its value is
 * @param required whether it must be there
 * @param initial its value when it is not given, as text; empty: none
 * @param choices the values it takes; empty: any of its kind
 * @param unsupported values that we know of and do not take
 * @param range the numbers it takes
 * @param section name of the section its value is; empty unless the kind is a block
 * @param noun what a message calls its values
 * @param description what it means; for {@link Kind#ACCEPTED} what takes its place
 */
record Key(
        String name,
        Kind kind,
        boolean required,
        String initial,
        List<String> choices,
        List<String> unsupported,
        Optional<Range> range,
        String section,
        String noun,
        String description) {

    /** The kinds of value. */
    enum Kind {
        TEXT("text"),
        SQL("SQL"),
        SECRET("text, never shown"),
        FLAG("true or false"),
        COUNT("whole number"),
        NUMBER("number"),
        NAMES("list of names"),
        RENAMES("block of `name: new name`"),
        PARAMETERS("block of `name: value`"),
        BLOCK("block"),
        BLOCKS("list of blocks"),
        NAMED_BLOCKS("blocks by name"),
        ACCEPTED("anything; has no effect");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    Key {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        choices = List.copyOf(choices);
        unsupported = List.copyOf(unsupported);
    }

    static Key of(String name, Kind kind, String description) {
        return new Key(
                name,
                kind,
                false,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                "",
                name,
                description);
    }

    static Key text(String name, String description) {
        return of(name, Kind.TEXT, description);
    }

    static Key flag(String name, boolean initial, String description) {
        return of(name, Kind.FLAG, description).initially(Boolean.toString(initial));
    }

    static Key count(String name, Range range, String description) {
        return of(name, Kind.COUNT, description).within(range);
    }

    static Key number(String name, Range range, String description) {
        return of(name, Kind.NUMBER, description).within(range);
    }

    static Key oneOf(String name, List<String> choices, String description) {
        return text(name, description).choosing(name, choices, List.of());
    }

    static Key block(String name, Kind kind, String section, String description) {
        return new Key(
                name,
                kind,
                false,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                section,
                name,
                description);
    }

    static Key accepted(String name, String inItsPlace) {
        return of(name, Kind.ACCEPTED, inItsPlace);
    }

    Key mandatory() {
        return new Key(
                name, kind, true, initial, choices, unsupported, range, section, noun, description);
    }

    Key initially(String value) {
        return new Key(
                name,
                kind,
                required,
                value,
                choices,
                unsupported,
                range,
                section,
                noun,
                description);
    }

    Key choosing(String called, List<String> values, List<String> notYet) {
        return new Key(
                name, kind, required, initial, values, notYet, range, section, called, description);
    }

    private Key within(Range numbers) {
        return new Key(
                name,
                kind,
                required,
                initial,
                choices,
                unsupported,
                Optional.of(numbers),
                section,
                noun,
                description);
    }
}
