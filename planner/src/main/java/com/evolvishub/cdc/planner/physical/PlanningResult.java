package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The plan of a file and its intermediate results, for {@code explain}.
 *
 * @param spec the content of the file with the overrides of this run
 * @param logical the logical plan
 * @param optimized the logical plan after the rules
 * @param physical the physical plan; its pipelines and the trees of the logical plans match one to
 *     one
 * @param facts from the catalog, one for each pipeline
 * @param warnings settings that work but may not be intended
 */
public record PlanningResult(
        ConfigFileSpec spec,
        LogicalPlan logical,
        LogicalPlan optimized,
        PhysicalPlan physical,
        List<Facts> facts,
        List<Problem> warnings) {

    public PlanningResult {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(logical, "logical");
        Objects.requireNonNull(optimized, "optimized");
        Objects.requireNonNull(physical, "physical");
        facts = List.copyOf(facts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Facts about the source and the destination of a pipeline.
     *
     * @param source the table or query; empty: unknown
     * @param destination the table; empty: unknown
     * @param polls facts that concern polls; empty: unknown
     * @param deletes whether reads prove deletes; empty: the mapping detects none, or unknown
     */
    public record Facts(
            Optional<RelationFacts> source,
            Optional<RelationFacts> destination,
            Optional<PollFacts> polls,
            Optional<DeleteConfirmation> deletes) {

        /** No facts. */
        public static final Facts NONE =
                new Facts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public Facts {
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(destination, "destination");
            Objects.requireNonNull(polls, "polls");
            Objects.requireNonNull(deletes, "deletes");
        }
    }
}
