package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the base types of domains and the fields of composites in the statements that create them.
 * Capture writes these in one form only: names as {@code format_type} and {@code quote_ident} print
 * them, keywords in capitals.
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
     * A field of a composite.
     *
     * @param name without quotes
     * @param type as {@code format_type} prints it
     */
    record Field(String name, String type) {}

    /**
     * Returns the base type of a domain, which may be a domain; empty: not a domain, or unknown.
     */
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

    /** Returns a composite's fields in order; empty: not a composite, or unknown. */
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

    /** Returns the position after the character, or after the quoted name that starts there. */
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
        String prefix = start.formatted(type);
        return Optional.ofNullable(statements.get(type))
                .filter(statement -> statement.startsWith(prefix))
                .map(statement -> statement.substring(prefix.length()));
    }
}
