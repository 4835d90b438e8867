package com.evolvishub.cdc.planner.config.tree;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gathers what is wrong with a file, so that it is told all at once. Used by one thread. */
public final class ProblemCollector {

    private static final Comparator<Problem> FILE_ORDER =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    /** More would tell nobody more, and cost a hostile file nothing. */
    private static final int MAX_PROBLEMS = 500;

    private final ConfigLocations locations;
    // sets: a connection is read once, but used by many endpoints
    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    public ProblemCollector(ConfigLocations locations) {
        this.locations = locations;
        locations.duplicateKeys().stream().limit(MAX_PROBLEMS).forEach(errors::add);
    }

    /** From now on messages that quote this value show something else in its place. */
    public void mask(String value, String shown) {
        locations.mask(value, shown);
    }

    /** Whether there are so many mistakes that no further one is kept. */
    public boolean isFull() {
        return errors.size() >= MAX_PROBLEMS;
    }

    public void add(String path, String message) {
        if (!isFull()) {
            errors.add(locations.problem(path, message));
        }
    }

    /** A problem with a key, not with its value. */
    public void addAt(FilePosition at, String path, String message) {
        if (!isFull()) {
            errors.add(new Problem(path, at.line(), at.column(), message));
        }
    }

    public void warn(String path, String message) {
        warnings.add(locations.problem(path, message));
    }

    /** The warnings, if there is no error. */
    public List<Problem> warningsUnlessFailed() {
        if (!errors.isEmpty()) {
            throw new PlanException(errors.stream().sorted(FILE_ORDER).toList());
        }
        return warnings.stream().sorted(FILE_ORDER).toList();
    }
}
