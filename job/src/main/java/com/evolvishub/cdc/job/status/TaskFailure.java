package com.evolvishub.cdc.job.status;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * * A failure of a task.
 *
 * @param cause the message of the exception, and that of the innermost one if it differs
 * @param at the time of the failure
 */
record TaskFailure(String cause, Instant at) {

    private static final String CAUSED_BY = "Caused by: ";

    TaskFailure {
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(at, "at");
    }

    /** Parses a stack trace as Java prints it. */
    static TaskFailure of(String stackTrace, long millis) {
        List<String> lines = stackTrace.lines().toList();
        String outer = lines.isEmpty() ? "" : message(lines.get(0));
        String inner =
                lines.stream()
                        .filter(line -> line.startsWith(CAUSED_BY))
                        .reduce((one, later) -> later)
                        .map(line -> message(line.substring(CAUSED_BY.length())))
                        .orElse("");
        String cause = outer.contains(inner) ? outer : outer + ": " + inner;
        return new TaskFailure(cause, Instant.ofEpochMilli(millis));
    }

    /** The line without the exception's class name, if it has a message. */
    private static String message(String line) {
        int colon = line.indexOf(": ");
        return colon < 0 || line.substring(0, colon).contains(" ")
                ? line
                : line.substring(colon + 2);
    }
}
