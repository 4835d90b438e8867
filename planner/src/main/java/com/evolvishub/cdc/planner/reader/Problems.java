package com.evolvishub.cdc.planner.reader;

import com.evolvishub.cdc.planner.spec.PlanException;
import com.evolvishub.cdc.planner.spec.Problem;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gathers what is wrong with a file, so that it is told all at once. Used by one thread. */
final class Problems {

    private static final Comparator<Problem> FILE_ORDER =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    /** More would tell nobody more, and cost a hostile file nothing. */
    private static final int MOST = 500;

    private final TreeLocations locations;
    // sets: a connection is read once, but used by many endpoints
    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    Problems(TreeLocations locations) {
        this.locations = locations;
        locations.doubledKeys().stream().limit(MOST).forEach(errors::add);
    }

    /** From now on messages that quote this value show something else in its place. */
    void hide(String value, String shown) {
        locations.hide(value, shown);
    }

    /** Whether there are so many mistakes that no further one is kept. */
    boolean isFull() {
        return errors.size() >= MOST;
    }

    void add(String path, String message) {
        if (!isFull()) {
            errors.add(locations.problem(path, message));
        }
    }

    /** A problem with a key, not with its value. */
    void addAt(Mark at, String path, String message) {
        if (!isFull()) {
            errors.add(new Problem(path, at.line(), at.column(), message));
        }
    }

    void warn(String path, String message) {
        warnings.add(locations.problem(path, message));
    }

    /** The warnings, if there is no error. */
    List<Problem> warningsUnlessFailed() {
        if (!errors.isEmpty()) {
            throw new PlanException(errors.stream().sorted(FILE_ORDER).toList());
        }
        return warnings.stream().sorted(FILE_ORDER).toList();
    }
}
