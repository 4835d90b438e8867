package com.evolvishub.cdc.planner.problem;

import java.util.List;
import java.util.stream.Collectors;

/** The user's file cannot be planned. Carries all problems; shown without a stack trace. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * @param problems at least one
     */
    public PlanException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, in the file's order. */
    public List<Problem> problems() {
        return problems;
    }
}
