package com.evolvishub.cdc.planner.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL table name, split at the dots outside double quotes. Unlike in SQL, the case is
 * kept.
 *
 * @param schema empty if not given
 * @param table its name, unquoted
 */
record TableName(String schema, String table) {

    /** Parses a name; empty if the text is not one. */
    static Optional<TableName> parse(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            StringBuilder part = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '"') {
                at = quoted(text, at + 1, part);
                if (at < 0 || (at < text.length() && text.charAt(at) != '.')) {
                    return Optional.empty();
                }
            } else {
                int end = text.indexOf('.', at);
                end = end < 0 ? text.length() : end;
                part.append(text, at, end);
                at = end;
                if (part.indexOf("\"") >= 0) {
                    return Optional.empty();
                }
            }
            if (part.toString().isBlank()) {
                return Optional.empty();
            }
            parts.add(part.toString());
            at++;
        }
        return switch (parts.size()) {
            case 1 -> Optional.of(new TableName("", parts.get(0)));
            case 2 -> Optional.of(new TableName(parts.get(0), parts.get(1)));
            default -> Optional.empty();
        };
    }

    /** Reads up to the closing quote; returns the index after it, or -1 if there is none. */
    private static int quoted(String text, int from, StringBuilder part) {
        int at = from;
        while (at < text.length()) {
            if (text.charAt(at) != '"') {
                part.append(text.charAt(at++));
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
                part.append('"');
                at += 2;
            } else {
                return at + 1;
            }
        }
        return -1;
    }
}
