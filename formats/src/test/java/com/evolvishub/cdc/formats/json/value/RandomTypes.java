package com.evolvishub.cdc.formats.json.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Random nested types with unusual names, and SQL for their values. Only types that {@code to_json}
 * prints as messages do: no dates, no bytes.
 */
final class RandomTypes {

    private static final List<String> ODD =
            List.of(
                    "a",
                    "B",
                    " ",
                    "\"",
                    ",",
                    "(",
                    ")",
                    "[]",
                    ".",
                    "'",
                    "\\",
                    " NOT NULL",
                    "é",
                    "%s");

    private final Random random;
    private final List<String> statements = new ArrayList<>();

    RandomTypes(Random random) {
        this.random = random;
    }

    /**
     * A type.
     *
     * @param name quoted for SQL
     * @param value SQL for another value of it
     */
    record Made(String name, Supplier<String> value) {}

    /** Returns the statements that create all types, in order. */
    List<String> statements() {
        return statements;
    }

    String values(List<Made> types) {
        return types.stream().map(this::value).collect(Collectors.joining(", "));
    }

    Made composite(int depth) {
        List<Made> fields = Stream.generate(() -> any(depth)).limit(random.nextInt(5)).toList();
        String name = name("c");
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            made.append(i == 0 ? "" : ", ").append(quoted(odd() + i));
            made.append(' ').append(fields.get(i).name());
        }
        statements.add("CREATE TYPE %s AS (%s)".formatted(name, made));
        return new Made(name, () -> "ROW(%s)::%s".formatted(values(fields), name));
    }

    private Made any(int depth) {
        if (depth == 0) {
            return scalar();
        }
        return switch (random.nextInt(6)) {
            case 0 -> composite(depth - 1);
            case 1 -> domain(any(depth - 1));
            case 2 -> array(any(depth - 1));
            default -> scalar();
        };
    }

    private Made domain(Made of) {
        String name = name("d");
        statements.add(
                "CREATE DOMAIN %s AS %s CONSTRAINT %s CHECK (VALUE IS NULL OR 1 > 0)"
                        .formatted(name, of.name(), quoted(odd() + "k")));
        return new Made(name, () -> "(%s)::%s".formatted(of.value().get(), name));
    }

    private Made array(Made of) {
        if (of.name().endsWith("[]")) {
            return of;
        }
        String name = of.name() + "[]";
        return new Made(
                name,
                () ->
                        "ARRAY[%s]::%s"
                                .formatted(
                                        Stream.generate(() -> value(of))
                                                .limit(random.nextInt(4))
                                                .collect(Collectors.joining(", ")),
                                        name));
    }

    private Made scalar() {
        return switch (random.nextInt(5)) {
            case 0 -> new Made("integer", () -> Integer.toString(random.nextInt()));
            case 1 -> new Made("numeric(12,4)", () -> "%d.5".formatted(random.nextInt(1 << 20)));
            case 2 -> new Made("boolean", () -> Boolean.toString(random.nextBoolean()));
            case 3 -> new Made("jsonb", () -> "'{\"a\": [1.50, \"\\\\\\\"\"]}'");
            default -> new Made("text", () -> literal(text()));
        };
    }

    private String value(Made type) {
        return random.nextInt(5) == 0 ? "NULL" : type.value().get();
    }

    private String text() {
        return Stream.generate(
                        () ->
                                random.nextBoolean()
                                        ? pick(ODD)
                                        : pick(List.of("{", "}", "NULL", "\n", "\t", "\\N", "")))
                .limit(random.nextInt(6))
                .collect(Collectors.joining());
    }

    private String name(String kind) {
        return "app." + quoted(odd() + kind + statements.size());
    }

    private String odd() {
        return pick(ODD) + pick(ODD);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
