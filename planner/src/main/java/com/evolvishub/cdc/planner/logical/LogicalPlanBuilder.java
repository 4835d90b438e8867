package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Builds the logical plan of a file: one tree for each mapping and destination, with one node for
 * each setting, in a fixed order. Optimizing it is the task of the rules.
 */
public final class LogicalPlanBuilder {

    private final DestinationTypes types;
    private final Predicate<String> usesLastSync;

    /**
     * @param types the known destination types
     * @param usesLastSync whether a user's query has a last_sync placeholder
     */
    public LogicalPlanBuilder(DestinationTypes types, Predicate<String> usesLastSync) {
        this.types = Objects.requireNonNull(types, "types");
        this.usesLastSync = Objects.requireNonNull(usesLastSync, "usesLastSync");
    }

    /** Builds the plan of a file in which {@link MappingChecks} finds no problems. */
    public LogicalPlan build(ConfigFileSpec spec) {
        List<LogicalPlan.Tree> trees = new ArrayList<>();
        for (MappingSpec mapping : spec.mappings()) {
            CaptureChoice capture = CaptureChoice.of(mapping, usesLastSync.test(mapping.query()));
            LogicalNode rows = rows(mapping, capture.mode());
            for (EndpointSpec destination : mapping.destinations()) {
                Sink sink = new Sink(rows, destination, label(destination));
                trees.add(new LogicalPlan.Tree(mapping, destination, capture, sink));
            }
        }
        return new LogicalPlan(spec.name(), trees);
    }

    private static LogicalNode rows(MappingSpec mapping, CaptureMode mode) {
        Optional<ChangePredicate> predicate = predicate(mapping, mode);
        LogicalNode rows = Scan.of(mapping.source(), mapping.query(), needed(mapping, predicate));
        if (predicate.isPresent()) {
            rows = new Filter(rows, predicate.get());
        }
        rows = new Project(rows, new Projection(List.of(), mapping.excludeColumns()));
        return new Project(rows, new Projection(mapping.columnMapping(), List.of()));
    }

    private static Optional<ChangePredicate> predicate(MappingSpec mapping, CaptureMode mode) {
        return switch (mode) {
            case WATERMARK -> {
                WatermarkSpec watermark = mapping.watermark().orElseThrow();
                yield Optional.of(
                        new ChangePredicate.AboveWatermark(watermark.column(), watermark.type()));
            }
            case QUERY -> Optional.of(new ChangePredicate.AfterLastSync());
            case DIFF -> Optional.empty();
        };
    }

    private static List<String> needed(MappingSpec mapping, Optional<ChangePredicate> predicate) {
        Set<String> needed = new LinkedHashSet<>(mapping.key());
        predicate
                .filter(ChangePredicate.AboveWatermark.class::isInstance)
                .map(ChangePredicate.AboveWatermark.class::cast)
                .ifPresent(aboveWatermark -> needed.add(aboveWatermark.column()));
        if (!mapping.deleteWhen().isEmpty()) {
            needed.add(mapping.deleteWhen().column());
        }
        return List.copyOf(needed);
    }

    private String label(EndpointSpec destination) {
        return types.find(destination.type())
                .map((DestinationType type) -> type.label(destination))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no destination type is called " + destination.type()));
    }
}
