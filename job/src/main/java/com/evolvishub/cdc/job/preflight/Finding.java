package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.planner.spec.Problem;
import java.util.Objects;

/**
 * Something about a mapping that its user should know before it runs.
 *
 * @param mapping its name
 * @param problem what, and where in the file
 * @param kind whose turn it is
 */
public record Finding(String mapping, Problem problem, Kind kind) {
    public Finding {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(kind, "kind");
    }

    /** How bad it is. */
    public enum Kind {
        /** The user must mend it. */
        MISTAKE("error"),
        /** It may end by itself. */
        OUTAGE("outage"),
        /** The mapping works, but perhaps not as one would think. */
        NOTE("warning");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** Whether the user must mend it. */
    public boolean mistake() {
        return kind == Kind.MISTAKE;
    }

    /** Whether it keeps the mapping from working now. */
    public boolean stops() {
        return kind != Kind.NOTE;
    }

    /** A line for the user. */
    public String line() {
        return kind.label + ": " + problem;
    }
}
