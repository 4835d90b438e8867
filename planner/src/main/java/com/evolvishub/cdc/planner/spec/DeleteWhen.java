package com.evolvishub.cdc.planner.spec;

import java.io.Serializable;
import java.util.Objects;

/**
 * The condition of a soft delete: a boolean column is true, another column is not NULL, or a column
 * has a given value.
 *
 * @param column source column; empty: no row is ever deleted
 * @param value text of the value as PostgreSQL prints it; empty: true or not NULL
 */
public record DeleteWhen(String column, String value) implements Serializable {

    /** No soft deletes. */
    public static final DeleteWhen NEVER = new DeleteWhen("", "");

    public DeleteWhen {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(value, "value");
    }

    /**
     * Parses {@code column} or {@code column = value}. A column whose name contains a {@code =} is
     * written in double quotes, with quotes in it doubled.
     */
    public static DeleteWhen parse(String text) {
        String trimmed = text.trim();
        if (trimmed.startsWith("\"")) {
            int end = closingQuote(trimmed);
            if (end > 0) {
                String name = trimmed.substring(1, end).replace("\"\"", "\"");
                String rest = trimmed.substring(end + 1).trim();
                if (rest.isEmpty() || rest.startsWith("=")) {
                    return new DeleteWhen(name, rest.isEmpty() ? "" : rest.substring(1).trim());
                }
            }
        }
        int equals = trimmed.indexOf('=');
        return equals < 0
                ? new DeleteWhen(trimmed, "")
                : new DeleteWhen(
                        trimmed.substring(0, equals).trim(), trimmed.substring(equals + 1).trim());
    }

    private static int closingQuote(String text) {
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                if (i + 1 == text.length() || text.charAt(i + 1) != '"') {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    public boolean isEmpty() {
        return column.isEmpty();
    }

    @Override
    public String toString() {
        return value.isEmpty() ? column : column + " = " + value;
    }
}
