package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import java.util.List;
import java.util.Objects;

/**
 * A file that was read without errors.
 *
 * @param spec its content, with references resolved and defaults
 * @param locations the positions of its values, for problems that are found later
 * @param warnings keys that are known but have no effect, in the file's order
 */
public record SpecDocument(
        ConfigFileSpec spec, ProblemLocations locations, List<Problem> warnings) {

    public SpecDocument {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(locations, "locations");
        warnings = List.copyOf(warnings);
    }
}
