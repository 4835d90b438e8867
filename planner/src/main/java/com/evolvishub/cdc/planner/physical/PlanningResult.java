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
 * A file, planned; and each step on the way, for {@code explain}.
 *
 * @param spec what the file says, with what this run does otherwise
 * @param logical what it means
 * @param optimized the same after the rules
 * @param physical how it runs; its pipelines and the trees of the other two match one to one
 * @param facts what the catalog told, one for each pipeline
 * @param warnings what works and may not be meant
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
     * What is known of both ends of a pipeline.
     *
     * @param source the table or query; empty: nothing
     * @param destination the table; empty: nothing
     * @param polls what polls meet at the source; empty: nothing
     * @param deletes whether reads prove deletes; empty: they tell none, or nothing is known
     */
    public record Facts(
            Optional<RelationFacts> source,
            Optional<RelationFacts> destination,
            Optional<PollFacts> polls,
            Optional<DeleteConfirmation> deletes) {

        /** Of a pipeline that nothing is known of. */
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
