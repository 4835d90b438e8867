package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.config.SpecDocument;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.logical.LogicalPlanBuilder;
import com.evolvishub.cdc.planner.logical.MappingChecks;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.PhysicalPlanner;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.rule.BindLastSyncInScan;
import com.evolvishub.cdc.planner.rule.MergeProjects;
import com.evolvishub.cdc.planner.rule.Optimizer;
import com.evolvishub.cdc.planner.rule.PushProjectIntoScan;
import com.evolvishub.cdc.planner.rule.PushWatermarkFilterIntoScan;
import com.evolvishub.cdc.planner.rule.RemoveIdentityProject;
import com.evolvishub.cdc.planner.rule.Stage;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.evolvishub.cdc.planner.sql.PollQueryParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Plans a file: turns its spec into the physical plan of one job. Needs no server; thread-safe. */
public final class Planner {

    static final List<Stage> STAGES =
            List.of(
                    new Stage(
                            "normalize", List.of(new MergeProjects(), new RemoveIdentityProject())),
                    // after normalize: pushing expects at most one projection above a scan. Filters
                    // go first, because a projection is pushed only when the scan is its direct
                    // input
                    new Stage(
                            "push filters",
                            List.of(new PushWatermarkFilterIntoScan(), new BindLastSyncInScan())),
                    new Stage("push projections", List.of(new PushProjectIntoScan())));

    private final DestinationTypes types;
    private final Consumer<String> trace;

    /**
     * @param types the known destination types
     */
    public Planner(DestinationTypes types) {
        this(types, change -> {});
    }

    /**
     * @param types the known destination types
     * @param trace receives a text of several lines for each rewrite by a rule
     */
    public Planner(DestinationTypes types, Consumer<String> trace) {
        this.types = Objects.requireNonNull(types, "types");
        this.trace = Objects.requireNonNull(trace, "trace");
    }

    /**
     * Plans a file.
     *
     * @param spec the content of the file
     * @param locations the positions of its values
     * @param overrides settings of this run that replace those of the file
     * @param catalog provides facts about the tables of enabled mappings; {@link Catalog#OFFLINE}
     *     provides none
     * @throws PlanException with all problems
     */
    public PlanningResult plan(
            ConfigFileSpec spec,
            ProblemLocations locations,
            RunOverrides overrides,
            Catalog catalog) {
        SpecOverrider overrider = new SpecOverrider(overrides, locations);
        ConfigFileSpec run = overrider.apply(spec);
        List<Problem> problems = new ArrayList<>(overrider.problems());
        problems.addAll(problems(run, locations));
        if (!problems.isEmpty()) {
            throw new PlanException(problems);
        }
        LogicalPlan logical = new LogicalPlanBuilder(types, Planner::usesLastSync).build(run);
        LogicalPlan optimized = new Optimizer(STAGES, trace).optimize(logical);
        PhysicalPlan physical = PhysicalPlanner.plan(run, optimized);
        PipelineChecks checks = new PipelineChecks(types, locations);
        checks.checkIdentities(optimized, physical);
        List<PlanningResult.Facts> facts = checks.facts(optimized, physical, catalog);
        checks.warnings(optimized);
        if (!checks.problems().isEmpty()) {
            throw new PlanException(checks.problems());
        }
        List<Problem> warnings = new ArrayList<>();
        QueryLimitChecks limits = new QueryLimitChecks(Planner::usesLastSync, locations);
        run.mappings().forEach(mapping -> warnings.addAll(limits.warnings(mapping)));
        warnings.addAll(checks.warnings());
        return new PlanningResult(run, logical, optimized, physical, facts, warnings);
    }

    /**
     * Plans a file that has been read.
     *
     * @param document the file; its warnings precede those of the plan
     * @param overrides settings of this run that replace those of the file
     * @param catalog provides facts about the tables of enabled mappings
     * @throws PlanException with all problems
     */
    public PlanningResult plan(SpecDocument document, RunOverrides overrides, Catalog catalog) {
        PlanningResult plans = plan(document.spec(), document.locations(), overrides, catalog);
        List<Problem> warnings = new ArrayList<>(document.warnings());
        warnings.addAll(plans.warnings());
        return new PlanningResult(
                plans.spec(),
                plans.logical(),
                plans.optimized(),
                plans.physical(),
                plans.facts(),
                warnings);
    }

    /** Problems of a file that prevent planning, mapping by mapping: its queries and their use. */
    public static List<Problem> problems(ConfigFileSpec spec, ProblemLocations locations) {
        List<Problem> problems = new ArrayList<>();
        QueryLimitChecks limits = new QueryLimitChecks(Planner::usesLastSync, locations);
        spec.mappings()
                .forEach(
                        mapping -> {
                            problems.addAll(query(mapping, locations));
                            problems.addAll(limits.problems(mapping));
                        });
        problems.addAll(MappingChecks.check(spec, Planner::usesLastSync, locations));
        return problems;
    }

    private static boolean usesLastSync(String sql) {
        return !sql.isEmpty() && PollQueryParser.parse(sql).query().usesLastSync();
    }

    private static List<Problem> query(MappingSpec mapping, ProblemLocations locations) {
        if (mapping.query().isEmpty()) {
            return List.of();
        }
        return PollQueryParser.parse(mapping.query()).problems().stream()
                .map(
                        problem ->
                                locations.problem(
                                        MappingChecks.path(mapping, "custom_query"), problem))
                .toList();
    }
}
