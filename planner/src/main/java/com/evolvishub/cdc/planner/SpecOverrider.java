package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.logical.MappingChecks;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Applies the overrides of one run to the spec of the file. */
final class SpecOverrider {

    private final RunOverrides overrides;
    private final ProblemLocations locations;
    private final List<Problem> problems = new ArrayList<>();

    SpecOverrider(RunOverrides overrides, ProblemLocations locations) {
        this.overrides = Objects.requireNonNull(overrides, "overrides");
        this.locations = Objects.requireNonNull(locations, "locations");
    }

    /** The problems found so far, in order. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    ConfigFileSpec apply(ConfigFileSpec spec) {
        selection(spec);
        workers();
        return new ConfigFileSpec(
                spec.name(),
                spec.description(),
                spec.mappings().stream().map(this::mapping).toList(),
                overrides.parallel().orElse(spec.parallelExecution() || requestsParallelWorkers()),
                overrides.workers().orElse(spec.maxWorkers()),
                spec.stopOnError(),
                spec.logLevel(),
                spec.checkpointInterval(),
                spec.checkpointTimeout(),
                spec.checkpointStorage(),
                spec.sharedCheckpoints());
    }

    private void selection(ConfigFileSpec spec) {
        for (String name : overrides.mappings()) {
            var found =
                    spec.mappings().stream()
                            .filter(mapping -> mapping.name().equals(name))
                            .findFirst();
            if (found.isEmpty()) {
                problem(
                        "mappings",
                        "there is no mapping \"%s\" to run; the file has %s"
                                .formatted(
                                        name,
                                        spec.mappings().stream()
                                                .map(MappingSpec::name)
                                                .collect(Collectors.joining(", "))));
            } else if (!found.get().enabled()) {
                problem(
                        MappingChecks.path(found.get(), "enabled"),
                        "mapping \"%s\" is asked for and disabled in the file; enable it there"
                                .formatted(name));
            }
        }
    }

    private void workers() {
        int workers = overrides.workers().orElse(1);
        if (workers < 1) {
            problem(
                    "max_workers",
                    "%d workers were asked for; it takes 1 or more".formatted(workers));
        }
        if (workers > 1 && !overrides.parallel().orElse(true)) {
            problem(
                    "max_workers",
                    "a sequential run has one worker, and %d were asked for; leave one of them out"
                            .formatted(workers));
        }
    }

    /** More than one requested worker implies parallel execution. */
    private boolean requestsParallelWorkers() {
        return overrides.workers().orElse(1) > 1;
    }

    private MappingSpec mapping(MappingSpec mapping) {
        boolean selected =
                overrides.mappings().isEmpty() || overrides.mappings().contains(mapping.name());
        return new MappingSpec(
                mapping.name(),
                mapping.path(),
                mapping.description(),
                mapping.enabled() && selected,
                mapping.source(),
                mapping.destinations(),
                mapping.watermark(),
                mapping.query(),
                mapping.columnMapping(),
                mapping.excludeColumns(),
                sync(mapping, selected),
                mapping.key(),
                mapping.capture(),
                mapping.delivery(),
                mapping.lookback(),
                mapping.deleteWhen(),
                mapping.onBadRow(),
                mapping.refusalWait(),
                mapping.schemaChange(),
                mapping.maxDeleteRatio(),
                mapping.lossRules(),
                mapping.maxRowBytes(),
                mapping.renamedFrom());
    }

    private SyncSpec sync(MappingSpec mapping, boolean selected) {
        SyncSpec sync = mapping.sync();
        SyncSpec.Mode mode = selected ? overrides.mode().orElse(sync.mode()) : sync.mode();
        if (mode == SyncSpec.Mode.CRON && sync.cronExpression().isEmpty()) {
            problem(
                    MappingChecks.path(mapping, "sync.cron_expression"),
                    "mode cron needs a cron_expression; add one, for example \"*/5 * * * *\"");
        }
        return new SyncSpec(
                mode,
                sync.interval(),
                sync.batchSize(),
                sync.cronExpression(),
                sync.timezone(),
                sync.retryAttempts(),
                sync.retryDelay());
    }

    private void problem(String path, String message) {
        problems.add(locations.problem(path, message));
    }
}
