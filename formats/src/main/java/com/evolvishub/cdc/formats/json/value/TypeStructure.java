package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What domains stand on and composites are made of, told by the statements that make them. Capture
 * writes these in one way only: names as {@code format_type} and {@code quote_ident} print them,
 * keywords in capitals.
 */
final class TypeStructure {

    private static final List<String> AFTER_DOMAIN = List.of(" NOT NULL", " CONSTRAINT ");

    private final Map<String, String> statements;

    TypeStructure(List<TypeDefinition> definitions) {
        statements =
                definitions.stream()
                        .collect(
                                Collectors.toMap(
                                        TypeDefinition::name,
                                        TypeDefinition::statement,
                                        (one, same) -> one,
                                        HashMap::new));
    }

    /**
     * A part of a composite.
     *
     * @param name as it is, without quotes
     * @param type as {@code format_type} prints it
     */
    record Field(String name, String type) {}

    /** What a domain stands on, which may be a domain; empty: it is none, or nobody can tell. */
    Optional<String> baseTypeOf(String type) {
        return definitionAfter("CREATE DOMAIN %s AS ", type)
                .map(
                        text -> {
                            int end = 0;
                            while (end < text.length() && !endsDomain(text, end)) {
                                end = next(text, end);
                            }
                            return text.substring(0, end);
                        });
    }

    private static boolean endsDomain(String text, int at) {
        return AFTER_DOMAIN.stream().anyMatch(word -> text.startsWith(word, at));
    }

    /** A composite's fields in order; empty: it is none, or nobody can tell. */
    Optional<List<Field>> fields(String type) {
        return definitionAfter("CREATE TYPE %s AS (", type)
                .map(text -> split(text.substring(0, text.length() - 1)));
    }

    private static List<Field> split(String text) {
        List<Field> fields = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int at = 0; at < text.length(); at = next(text, at)) {
            char c = text.charAt(at);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                fields.add(field(text.substring(start, at)));
                start = at + ", ".length();
            }
        }
        if (!text.isEmpty()) {
            fields.add(field(text.substring(start)));
        }
        return fields;
    }

    private static Field field(String text) {
        int end = text.charAt(0) == '"' ? next(text, 0) : text.indexOf(' ');
        String name = text.substring(0, end);
        return new Field(
                name.charAt(0) == '"' ? name.substring(1, end - 1).replace("\"\"", "\"") : name,
                text.substring(end + 1));
    }

    /** Behind the character there, or behind the quoted name that it begins. */
    private static int next(String text, int at) {
        if (text.charAt(at) != '"') {
            return at + 1;
        }
        int end = text.indexOf('"', at + 1);
        while (text.startsWith("\"\"", end)) {
            end = text.indexOf('"', end + 2);
        }
        return end + 1;
    }

    private Optional<String> definitionAfter(String start, String type) {
        String words = start.formatted(type);
        return Optional.ofNullable(statements.get(type))
                .filter(statement -> statement.startsWith(words))
                .map(statement -> statement.substring(words.length()));
    }
}
