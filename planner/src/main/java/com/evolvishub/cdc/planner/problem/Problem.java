package com.evolvishub.cdc.planner.problem;

import java.util.Objects;

/**
 * One user error or one warning.
 *
 * @param path path in the file, for example {@code mappings[1].destination.type}; empty: the whole
 *     file
 * @param line counted from 1; 0 if the problem has no position (a missing key has the line of the
 *     block it belongs to)
 * @param column counted from 1; 0 if the problem has no position
 * @param message what was found, and the remedy
 */
public record Problem(String path, int line, int column, String message) {

    public Problem {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(message, "message");
    }

    @Override
    public String toString() {
        String where = path.isEmpty() ? "" : path + ": ";
        return line > 0 ? "%s%s (line %d)".formatted(where, message, line) : where + message;
    }
}
