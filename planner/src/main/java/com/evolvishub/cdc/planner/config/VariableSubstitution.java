package com.evolvishub.cdc.planner.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves the references {@code ${NAME}}, {@code ${NAME:-default}} and {@code ${file:/path}} in
 * values. Resolved text is not searched for references again and never appears in a message.
 */
final class VariableSubstitution {

    private static final Pattern REFERENCE =
            Pattern.compile(
                    "\\$\\{(?:file:(?<file>[^${}]+)"
                            + "|(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<or>:-(?<default>[^${}]*))?)}");

    private final Function<String, Optional<String>> environment;
    private final Function<String, Optional<String>> secretFiles;

    VariableSubstitution(
            Function<String, Optional<String>> environment,
            Function<String, Optional<String>> secretFiles) {
        this.environment = environment;
        this.secretFiles = secretFiles;
    }

    /** The value of an environment variable, without a reference. */
    Optional<String> environment(String name) {
        return environment.apply(name);
    }

    /**
     * Resolves the references in a text.
     *
     * @param text the text in the file
     * @param tolerant whether <code>${</code> may be literal, as in SQL
     */
    Resolved resolve(String text, boolean tolerant) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        int next = text.indexOf("${");
        boolean filled = false;
        while (next >= 0) {
            Matcher reference = REFERENCE.matcher(text).region(next, text.length());
            boolean found = reference.lookingAt();
            boolean escaped = next > at && text.charAt(next - 1) == '$';
            if (escaped && (found || !tolerant)) {
                out.append(text, at, next - 1).append("${");
                at = next + 2;
            } else if (found) {
                Resolved value = value(reference);
                if (value.problem().isPresent()) {
                    return value;
                }
                out.append(text, at, next).append(value.text());
                at = reference.end();
                filled = true;
            } else if (tolerant) {
                out.append(text, at, next + 2);
                at = next + 2;
            } else {
                return Resolved.problem(
                        "\"${\" starts no reference here; write ${NAME}, ${NAME:-default} or"
                                + " ${file:/path}, or $${ for a plain ${");
            }
            next = text.indexOf("${", at);
        }
        return new Resolved(
                out.append(text, at, text.length()).toString(), filled, Optional.empty());
    }

    private Resolved value(Matcher reference) {
        String file = reference.group("file");
        if (file != null) {
            return secretFiles
                    .apply(file)
                    .map(VariableSubstitution::withoutLastNewline)
                    .map(Resolved::filled)
                    .orElseGet(
                            () ->
                                    Resolved.problem(
                                            "cannot read the file of %s"
                                                    .formatted(reference.group())));
        }
        String name = reference.group("name");
        Optional<String> value = environment.apply(name);
        if (reference.group("or") != null) {
            return Resolved.filled(
                    value.filter(text -> !text.isEmpty()).orElse(reference.group("default")));
        }
        return value.map(Resolved::filled)
                .orElseGet(
                        () ->
                                Resolved.problem(
                                        "%s: the environment variable %s is not set; set it or write ${%s:-default}"
                                                .formatted(reference.group(), name, name)));
    }

    private static String withoutLastNewline(String text) {
        if (text.endsWith("\r\n")) {
            return text.substring(0, text.length() - 2);
        }
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /**
     * The result for a text.
     *
     * @param text the text with references resolved; empty if there is a problem
     * @param filled whether the text contained a reference
     * @param problem the error, if any
     */
    record Resolved(String text, boolean filled, Optional<String> problem) {

        private static Resolved filled(String text) {
            return new Resolved(text, true, Optional.empty());
        }

        private static Resolved problem(String message) {
            return new Resolved("", false, Optional.of(message));
        }
    }
}
