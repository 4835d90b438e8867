package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.explain.CollationNotes;
import com.evolvishub.cdc.planner.explain.DeleteNotes;
import com.evolvishub.cdc.planner.explain.PollNotes;
import com.evolvishub.cdc.planner.explain.VolatileColumns;
import com.evolvishub.cdc.planner.logical.LogicalPlan;
import com.evolvishub.cdc.planner.logical.MappingChecks;
import com.evolvishub.cdc.planner.logical.SourceColumnChecks;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Checks planned pipelines: their identities are distinct, and the catalog agrees with the file.
 */
final class PipelineChecks {

    private final DestinationTypes types;
    private final ProblemLocations locations;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    PipelineChecks(DestinationTypes types, ProblemLocations locations) {
        this.types = Objects.requireNonNull(types, "types");
        this.locations = Objects.requireNonNull(locations, "locations");
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Reports pipelines with equal identities: state, fences and event ids are keyed by the
     * identity.
     */
    void checkIdentities(LogicalPlan plan, PhysicalPlan physical) {
        Map<String, MappingSpec> mappingsByIdentity = new HashMap<>();
        for (int i = 0; i < physical.pipelines().size(); i++) {
            MappingSpec mapping = plan.trees().get(i).mapping();
            MappingSpec other =
                    mappingsByIdentity.putIfAbsent(physical.pipelines().get(i).identity(), mapping);
            if (other != null && other.name().equals(mapping.name())) {
                problem(
                        MappingChecks.path(mapping, "destinations"),
                        "two destinations have the same type, database and table, so the state of"
                                + " this mapping could not tell them apart; give each a mapping of"
                                + " its own");
            } else if (other != null) {
                problem(
                        MappingChecks.path(mapping, "renamed_from"),
                        "\"%s\" and \"%s\" both go on with the state of one earlier mapping; leave"
                                        .formatted(other.name(), mapping.name())
                                + " renamed_from to the one it belongs to");
            }
        }
    }

    /** Queries the catalog for every enabled pipeline and checks the file against the facts. */
    List<PlanningResult.Facts> facts(LogicalPlan plan, PhysicalPlan physical, Catalog catalog) {
        List<PlanningResult.Facts> facts = new ArrayList<>();
        Set<String> checked = new HashSet<>();
        for (int i = 0; i < physical.pipelines().size(); i++) {
            Pipeline pipeline = physical.pipelines().get(i);
            MappingSpec mapping = plan.trees().get(i).mapping();
            if (!pipeline.enabled()) {
                facts.add(PlanningResult.Facts.NONE);
                continue;
            }
            Optional<RelationFacts> source = source(mapping, pipeline.scan(), catalog);
            if (checked.add(mapping.name())) {
                source.ifPresent(
                        known -> {
                            problems.addAll(SourceColumnChecks.check(mapping, known, locations));
                            volatileColumns(mapping, pipeline.scan(), known, catalog);
                        });
            }
            EndpointSpec destination = plan.trees().get(i).destination();
            Optional<PollFacts> pollFacts = pollFacts(pipeline.scan(), source, catalog);
            pollFacts
                    .flatMap(known -> CollationNotes.refusal(pipeline.scan(), known))
                    .ifPresent(
                            reason ->
                                    problem(
                                            MappingChecks.path(mapping, "watermark.collation"),
                                            reason));
            boolean keyed = types.find(destination.type()).orElseThrow().supportsKeys();
            facts.add(
                    new PlanningResult.Facts(
                            source,
                            keyed ? catalog.destination(destination) : Optional.empty(),
                            pollFacts,
                            deleteConfirmation(pipeline.scan(), source, catalog)));
        }
        return facts;
    }

    /** Queried only if the source has every column that the file names. */
    private void volatileColumns(
            MappingSpec mapping, PollScan scan, RelationFacts source, Catalog catalog) {
        if (problems.isEmpty()) {
            String key =
                    scan.relation() instanceof Relation.Query ? "custom_query" : "source.table";
            VolatileColumns.warnings(scan, source.columns(), catalog)
                    .forEach(text -> warning(MappingChecks.path(mapping, key), text));
        }
    }

    /** Queried only if the source has every column that the file names. */
    private Optional<PollFacts> pollFacts(
            PollScan scan, Optional<RelationFacts> source, Catalog catalog) {
        return source.filter(known -> problems.isEmpty())
                .flatMap(known -> PollNotes.question(scan, known.columns(), known.primaryKey()))
                .flatMap(catalog::pollFacts);
    }

    /** Queried only if the source has every column that the file names. */
    private Optional<DeleteConfirmation> deleteConfirmation(
            PollScan scan, Optional<RelationFacts> source, Catalog catalog) {
        return source.filter(known -> problems.isEmpty())
                .flatMap(known -> DeleteNotes.lookUp(scan, known.columns(), catalog));
    }

    void warnings(LogicalPlan plan) {
        Set<String> checked = new HashSet<>();
        for (LogicalPlan.Tree tree : plan.trees()) {
            MappingSpec mapping = tree.mapping();
            if (!checked.add(mapping.name())) {
                continue;
            }
            if (mapping.watermark().isPresent() && tree.capture().mode() == CaptureMode.DIFF) {
                warning(
                        MappingChecks.path(mapping, "watermark"),
                        "the watermark is not used: the file asks for capture by diff, which reads"
                                + " everything");
            }
            if (mapping.watermark().isPresent() && tree.capture().mode() == CaptureMode.QUERY) {
                warning(
                        MappingChecks.path(mapping, "watermark"),
                        "only the initial_value of the watermark is used: the file asks for capture"
                                + " by query");
            }
        }
    }

    private static Optional<RelationFacts> source(
            MappingSpec mapping, PollScan scan, Catalog catalog) {
        if (!(scan.relation() instanceof Relation.Query query)) {
            return catalog.table(scan.source());
        }
        WatermarkType type =
                mapping.watermark().map(WatermarkSpec::type).orElse(WatermarkType.TIMESTAMP);
        String lastSync =
                switch (type) {
                    case TIMESTAMP -> "'1970-01-01 00:00:00+00'::timestamptz";
                    case INTEGER -> "0";
                    case STRING -> "''";
                };
        return catalog.query(
                scan.source(),
                query.query()
                        .render(
                                placeholder ->
                                        placeholder == Placeholder.LAST_SYNC
                                                ? lastSync
                                                : scan.pageRows() + ""));
    }

    private void problem(String path, String message) {
        problems.add(locations.problem(path, message));
    }

    private void warning(String path, String message) {
        warnings.add(locations.problem(path, message));
    }
}
