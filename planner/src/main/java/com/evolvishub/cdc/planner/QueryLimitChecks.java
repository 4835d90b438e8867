package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.logical.CaptureChoice;
import com.evolvishub.cdc.planner.logical.MappingChecks;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.sql.LimitClauses;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Finds queries with a LIMIT or OFFSET that cuts off rows which no later poll reads. */
final class QueryLimitChecks {

    private final Predicate<String> usesLastSync;
    private final ProblemLocations locations;

    /**
     * @param usesLastSync whether a user's query has a last_sync placeholder
     */
    QueryLimitChecks(Predicate<String> usesLastSync, ProblemLocations locations) {
        this.usesLastSync = usesLastSync;
        this.locations = locations;
    }

    /** Clauses that are not allowed in the mapping's query. */
    List<Problem> problems(MappingSpec mapping) {
        CaptureMode mode = mode(mapping);
        List<Problem> problems = new ArrayList<>();
        if (mode != CaptureMode.DIFF) {
            for (String clause : LimitClauses.in(mapping.query()).outer()) {
                problems.add(
                        problem(
                                mapping,
                                "%s cuts rows off that no later poll asks for again: by %s, each poll asks only for what is new. Take it out (rows come in pages of batch_size anyway), write LIMIT :batch_size, or take capture: diff%s"
                                        .formatted(
                                                clause,
                                                mode.name().toLowerCase(Locale.ROOT),
                                                usesLastSync.test(mapping.query())
                                                        ? " and leave last_sync out"
                                                        : "")));
            }
        }
        return problems;
    }

    /** Clauses that may be intended but can lose rows. */
    List<Problem> warnings(MappingSpec mapping) {
        List<Problem> warnings = new ArrayList<>();
        if (mode(mapping) != CaptureMode.DIFF) {
            for (String clause : LimitClauses.in(mapping.query()).inner()) {
                warnings.add(
                        problem(
                                mapping,
                                "%s in a subquery: what it cuts off before the condition on what is new is applied is never sent"
                                        .formatted(clause)));
            }
        }
        return warnings;
    }

    private CaptureMode mode(MappingSpec mapping) {
        return CaptureChoice.of(mapping, usesLastSync.test(mapping.query())).mode();
    }

    private Problem problem(MappingSpec mapping, String message) {
        return locations.problem(MappingChecks.path(mapping, "custom_query"), message);
    }
}
