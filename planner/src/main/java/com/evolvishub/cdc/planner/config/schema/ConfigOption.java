package com.evolvishub.cdc.planner.config.schema;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The declaration of a key: the reader, the JSON Schema and the user documentation are derived from
 * it.
 *
 * @param name its name in the file
 * @param kind what its value is
 * @param required whether it is mandatory
 * @param defaultValue its value if it is not given, as text; empty: none
 * @param choices the allowed values; empty: any of its kind
 * @param unsupported known values that are not supported
 * @param range the allowed numbers
 * @param blockName name of the schema of its value; empty unless the kind is a block
 * @param noun the noun for its values in messages
 * @param description its meaning; for {@link Kind#IGNORED} its replacement
 */
public record ConfigOption(
        String name,
        Kind kind,
        boolean required,
        String defaultValue,
        List<String> choices,
        List<String> unsupported,
        Optional<NumberRange> range,
        String blockName,
        String noun,
        String description) {

    /** The kinds of value. */
    public enum Kind {
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
        IGNORED("anything; has no effect");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    public ConfigOption {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        choices = List.copyOf(choices);
        unsupported = List.copyOf(unsupported);
    }

    static ConfigOption of(String name, Kind kind, String description) {
        return new ConfigOption(
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

    public static ConfigOption text(String name, String description) {
        return of(name, Kind.TEXT, description);
    }

    static ConfigOption flag(String name, boolean initial, String description) {
        return of(name, Kind.FLAG, description).withDefault(Boolean.toString(initial));
    }

    static ConfigOption count(String name, NumberRange range, String description) {
        return of(name, Kind.COUNT, description).withRange(range);
    }

    static ConfigOption number(String name, NumberRange range, String description) {
        return of(name, Kind.NUMBER, description).withRange(range);
    }

    static ConfigOption oneOf(String name, List<String> choices, String description) {
        return text(name, description).withChoices(name, choices, List.of());
    }

    static ConfigOption block(String name, Kind kind, String blockName, String description) {
        return new ConfigOption(
                name,
                kind,
                false,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                blockName,
                name,
                description);
    }

    static ConfigOption ignored(String name, String replacement) {
        return of(name, Kind.IGNORED, replacement);
    }

    ConfigOption asRequired() {
        return new ConfigOption(
                name,
                kind,
                true,
                defaultValue,
                choices,
                unsupported,
                range,
                blockName,
                noun,
                description);
    }

    ConfigOption withDefault(String value) {
        return new ConfigOption(
                name,
                kind,
                required,
                value,
                choices,
                unsupported,
                range,
                blockName,
                noun,
                description);
    }

    ConfigOption withChoices(String called, List<String> values, List<String> notYet) {
        return new ConfigOption(
                name,
                kind,
                required,
                defaultValue,
                values,
                notYet,
                range,
                blockName,
                called,
                description);
    }

    private ConfigOption withRange(NumberRange numbers) {
        return new ConfigOption(
                name,
                kind,
                required,
                defaultValue,
                choices,
                unsupported,
                Optional.of(numbers),
                blockName,
                noun,
                description);
    }
}
