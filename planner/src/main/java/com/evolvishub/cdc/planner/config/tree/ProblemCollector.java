package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the problems of a file, so that they are reported together. Not thread-safe. */
public final class ProblemCollector {

    private static final Comparator<Problem> FILE_ORDER =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    /** Bounds the output for a malicious file; more problems would not help a user. */
    private static final int MAX_PROBLEMS = 500;

    private final ConfigLocations locations;
    // sets: every endpoint that uses a connection reports its problems again
    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    public ProblemCollector(ConfigLocations locations) {
        this.locations = locations;
        locations.duplicateKeys().stream().limit(MAX_PROBLEMS).forEach(errors::add);
    }

    /** Replaces this value in later messages that quote it. */
    public void mask(String value, String replacement) {
        locations.mask(value, replacement);
    }

    /** Whether the maximum number of errors is reached. */
    public boolean isFull() {
        return errors.size() >= MAX_PROBLEMS;
    }

    public void add(String path, String message) {
        if (!isFull()) {
            errors.add(locations.problem(path, message));
        }
    }

    /** Adds a problem of a key, not of its value. */
    public void addAt(FilePosition at, String path, String message) {
        if (!isFull()) {
            errors.add(new Problem(path, at.line(), at.column(), message));
        }
    }

    public void warn(String path, String message) {
        warnings.add(locations.problem(path, message));
    }

    /** The warnings; throws {@link PlanException} if there are errors. */
    public List<Problem> warningsUnlessFailed() {
        if (!errors.isEmpty()) {
            throw new PlanException(errors.stream().sorted(FILE_ORDER).toList());
        }
        return warnings.stream().sorted(FILE_ORDER).toList();
    }
}
