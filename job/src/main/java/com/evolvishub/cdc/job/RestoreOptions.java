package com.evolvishub.cdc.job;

import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a run handles state that does not match the plan or the destination. Each list holds mapping
 * names; a name means all destinations of its mapping.
 *
 * @param fresh whether to discard all state
 * @param reset mappings to reload
 * @param acceptChange mappings that resume although their plan has changed
 * @param acceptDuplicates mappings that resume although rows may be delivered twice
 * @param acceptLoss mappings that resume although a destination has lost rows; {@code
 *     mapping:table} names one of several destinations
 * @param deleteExtra mappings whose reload deletes extra rows: rows at the destination that the
 *     reload does not write
 * @param acceptDeletes mappings whose suspect deletes are accepted for one read
 */
public record RestoreOptions(
        boolean fresh,
        List<String> reset,
        List<String> acceptChange,
        List<String> acceptDuplicates,
        List<String> acceptLoss,
        List<String> deleteExtra,
        List<String> acceptDeletes) {

    /** A mapping resumes if its state matches, and stops if it does not. */
    public static final RestoreOptions NONE =
            new RestoreOptions(
                    false, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    public RestoreOptions {
        reset = List.copyOf(reset);
        acceptChange = List.copyOf(acceptChange);
        acceptDuplicates = List.copyOf(acceptDuplicates);
        acceptLoss = List.copyOf(acceptLoss);
        deleteExtra = List.copyOf(deleteExtra);
        acceptDeletes = List.copyOf(acceptDeletes);
    }

    RestoreMode restoreMode(Pipeline pipeline) {
        if (names(reset, pipeline)) {
            return RestoreMode.RESET;
        }
        return names(acceptChange, pipeline) ? RestoreMode.ACCEPT_CHANGE : RestoreMode.RESUME;
    }

    RecoveryOptions recovery(Pipeline pipeline) {
        return new RecoveryOptions(
                fresh || names(reset, pipeline),
                names(acceptDuplicates, pipeline),
                names(acceptLoss, pipeline),
                names(deleteExtra, pipeline));
    }

    SuspectDeletePolicy suspectDeletes(Pipeline pipeline) {
        return names(acceptDeletes, pipeline)
                ? SuspectDeletePolicy.ACCEPT_ONCE
                : SuspectDeletePolicy.STOP;
    }

    private static boolean names(List<String> mappings, Pipeline pipeline) {
        return mappings.stream().anyMatch(name -> matchesName(name, pipeline));
    }

    private static boolean matchesName(String name, Pipeline pipeline) {
        String displayName = pipeline.mapping();
        int arrow = displayName.indexOf('→');
        if (arrow < 0 || displayName.equals(name)) {
            return displayName.equals(name);
        }
        String mapping = displayName.substring(0, arrow);
        String table = pipeline.deliver().destination().table();
        return mapping.equals(name) || (mapping + ":" + table).equals(name);
    }

    private Optional<String> deleteExtraProblem(Pipeline pipeline) {
        String option = "--delete-extra " + pipeline.mapping() + ": ";
        String type = pipeline.deliver().destination().type();
        if (!fresh && !names(reset, pipeline)) {
            return Optional.of(
                    option
                            + "extra is what a load from the beginning does not write; add --reset "
                            + pipeline.mapping());
        }
        if (!type.equals("postgresql")) {
            return Optional.of(
                    option
                            + "what a destination of type %s holds cannot be compared with the source; leave it out"
                                    .formatted(type));
        }
        return pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL
                ? Optional.of(
                        option
                                + "with delivery: transactional nothing is compared; leave it out, or load with delivery: exactly_once")
                : Optional.empty();
    }

    /**
     * Errors in these options: unknown mapping names, and {@code deleteExtra} without effect; each
     * with a remedy. Empty: none.
     */
    public List<String> problems(PhysicalPlan plan) {
        List<String> problems = new ArrayList<>();
        Stream.of(reset, acceptChange, acceptDuplicates, acceptLoss, deleteExtra, acceptDeletes)
                .flatMap(List::stream)
                .filter(name -> plan.pipelines().stream().noneMatch(p -> matchesName(name, p)))
                .distinct()
                .forEach(
                        name ->
                                problems.add(
                                        "no mapping is called \"%s\"; there are %s"
                                                .formatted(
                                                        name,
                                                        plan.pipelines().stream()
                                                                .map(Pipeline::mapping)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
        plan.pipelines().stream()
                .filter(pipeline -> names(deleteExtra, pipeline))
                .flatMap(pipeline -> deleteExtraProblem(pipeline).stream())
                .forEach(problems::add);
        return problems;
    }
}
