package com.evolvishub.cdc.job.api;

import com.evolvishub.cdc.planner.Planner;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.config.SpecDocument;
import com.evolvishub.cdc.planner.config.SpecReader;
import com.evolvishub.cdc.planner.explain.PlanExplainer;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.problem.ProblemLocations;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.evolvishub.cdc.planner.spi.KafkaDestinationType;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import com.evolvishub.cdc.planner.spi.PulsarDestinationType;
import com.evolvishub.cdc.planner.spi.RedisStreamsDestinationType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A file that has been read and planned.
 *
 * @param plans the plan and each planning stage
 * @param locations the positions of the values in the file
 * @param warnings what is valid, but may not be intended
 */
public record PlannedFile(
        PlanningResult plans, ProblemLocations locations, List<Problem> warnings) {

    private static final DestinationTypes TYPES =
            new DestinationTypes(
                    List.of(
                            new PostgresDestinationType(),
                            new KafkaDestinationType(),
                            new PulsarDestinationType(),
                            new RedisStreamsDestinationType()));

    public PlannedFile {
        Objects.requireNonNull(plans, "plans");
        Objects.requireNonNull(locations, "locations");
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads and plans a file.
     *
     * @throws PlanException with every error in the file
     */
    public static PlannedFile load(Path file) {
        return load(file, RunOverrides.NONE);
    }

    /**
     * Reads and plans a file with the overrides of this run.
     *
     * @throws PlanException with every error in the file
     */
    public static PlannedFile load(Path file, RunOverrides overrides) {
        return load(file, overrides, System.getenv());
    }

    /**
     * Reads and plans a file; {@code environment} supplies the referenced variables.
     *
     * @throws PlanException with every error in the file
     */
    public static PlannedFile load(
            Path file, RunOverrides overrides, Map<String, String> environment) {
        return load(file, overrides, environment, Catalog.OFFLINE);
    }

    /**
     * Reads and plans a file; {@code catalog} supplies facts of live databases for {@code explain}.
     *
     * @throws PlanException with every error in the file
     */
    public static PlannedFile load(
            Path file, RunOverrides overrides, Map<String, String> environment, Catalog catalog) {
        SpecReader reader =
                new SpecReader(
                        TYPES,
                        variable -> Optional.ofNullable(environment.get(variable)),
                        PlannedFile::secret);
        SpecDocument document = reader.read(file.getFileName().toString(), text(file));
        PlanningResult plans =
                new Planner(TYPES).plan(document.spec(), document.locations(), overrides, catalog);
        List<Problem> warnings = new ArrayList<>(document.warnings());
        warnings.addAll(plans.warnings());
        return new PlannedFile(plans, document.locations(), warnings);
    }

    /**
     * Plans a spec that was not read from a file.
     *
     * @throws PlanException with every error in the spec
     */
    public static PlannedFile of(ConfigFileSpec spec, RunOverrides overrides) {
        ProblemLocations withoutPosition = (path, message) -> new Problem(path, 0, 0, message);
        PlanningResult plans =
                new Planner(TYPES).plan(spec, withoutPosition, overrides, Catalog.OFFLINE);
        return new PlannedFile(plans, withoutPosition, plans.warnings());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException missing) {
            throw unreadable(file, "there is no such file");
        } catch (IOException unreadable) {
            throw unreadable(file, "it cannot be read (%s)".formatted(unreadable.getMessage()));
        }
    }

    private static PlanException unreadable(Path file, String why) {
        return new PlanException(List.of(new Problem("", 0, 0, "%s: %s".formatted(file, why))));
    }

    private static Optional<String> secret(String path) {
        try {
            // editors and `echo` add a newline that is not part of the password
            return Optional.of(Files.readString(Path.of(path)).stripTrailing());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** The content of the file with the overrides of this run. */
    public ConfigFileSpec spec() {
        return plans.spec();
    }

    /** The physical plan. */
    public PhysicalPlan physical() {
        return plans.physical();
    }

    /** Every planning stage from file to pipelines, as text. */
    public String explain() {
        return new PlanExplainer(TYPES).text(plans);
    }

    /** Every planning stage from file to pipelines, as JSON. */
    public String explainJson() {
        return new PlanExplainer(TYPES).json(plans);
    }

    /** The descriptions of the mappings, by mapping name. */
    public Map<String, String> descriptions() {
        return spec().mappings().stream()
                .collect(Collectors.toMap(MappingSpec::name, MappingSpec::description));
    }

    /** The features of a pipeline that this build does not support yet. */
    public List<Problem> unsupported(Pipeline pipeline) {
        return UnsupportedFeatures.of(this, pipeline);
    }

    /**
     * Checks that this build supports all features of the enabled mappings.
     *
     * @throws PlanException with every unsupported feature
     */
    public void requireSupported() {
        List<Problem> problems =
                physical().pipelines().stream()
                        .filter(Pipeline::enabled)
                        .flatMap(pipeline -> unsupported(pipeline).stream())
                        .toList();
        if (!problems.isEmpty()) {
            throw new PlanException(problems);
        }
    }

    /** A problem at a key of a pipeline's mapping. */
    public Problem problem(Pipeline pipeline, String key, String message) {
        String path = mapping(pipeline).path();
        return locations.problem(path.isEmpty() ? key : path + "." + key, message);
    }

    /** The key of a pipeline's destination in its mapping. */
    public String destinationKey(Pipeline pipeline) {
        MappingSpec mapping = mapping(pipeline);
        int index = mapping.destinations().indexOf(pipeline.deliver().destination());
        return mapping.destinations().size() == 1 ? "destination" : "destinations[" + index + "]";
    }

    private MappingSpec mapping(Pipeline pipeline) {
        // with several destinations a pipeline's name is the mapping's name and a suffix
        return spec().mappings().stream()
                .filter(
                        mapping ->
                                pipeline.mapping().equals(mapping.name())
                                        || pipeline.mapping().startsWith(mapping.name() + "→"))
                .findFirst()
                .orElseThrow();
    }
}
