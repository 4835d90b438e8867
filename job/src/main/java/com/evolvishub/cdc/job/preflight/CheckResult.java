package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.planner.problem.Problem;
import java.util.Objects;

/**
 * A problem that prevents a mapping from working now.
 *
 * @param mapping the mapping's name
 * @param problem the message and its position in the file
 * @param userError whether the user must fix it; otherwise it is an outage that may end by itself
 */
public record CheckResult(String mapping, Problem problem, boolean userError) {
    public CheckResult {
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(problem, "problem");
    }
}
