package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.planner.problem.Problem;
import java.util.Objects;

/**
 * Something that keeps a mapping from working now.
 *
 * @param mapping its name
 * @param problem what, and where in the file
 * @param mistake whether the user must mend it; else it is an outage that may end by itself
 */
public record CheckResult(String mapping, Problem problem, boolean userError) {
    public CheckResult {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(problem, "problem");
    }
}
