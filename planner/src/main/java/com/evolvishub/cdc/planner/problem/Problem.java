package com.evolvishub.cdc.planner.problem;

import java.util.Objects;

/**
 * One mistake of the user's, or one warning.
 *
 * @param path where in the file, for example {@code mappings[1].destination.type}; empty: the whole
 *     file
 * @param line counted from 1; 0 where the file has no such place (a key that is missing altogether
 *     has the line of the block it should stand in)
 * @param column counted from 1; 0 likewise
 * @param message what was found and what would do
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
