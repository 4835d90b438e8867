package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.capture.postgres.PostgresCatalog;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.source.SourceProbe;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.Destinations;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.ExpiredCertificate;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.project.ProjectFunction;
import com.evolvishub.cdc.planner.DeleteNotes;
import com.evolvishub.cdc.planner.PollNotes;
import com.evolvishub.cdc.planner.RestlessColumns;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.logical.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.physical.MapProject;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Asks every source and every destination of a plan whether its mapping can work: reachable,
 * allowed, tables and columns there, types that fit. All sources side by side, then all
 * destinations, which are shown the rows to come where the source could tell them.
 */
public final class Preflight {

    /** A busy broker may need half a minute for its first topic; a dead one says so at once. */
    private static final SideBySide ENDS =
            new SideBySide(16, Duration.ofSeconds(60), Duration.ofSeconds(120));

    private static final RowSchema UNKNOWN = new RowSchema(List.of(), List.of());

    private final PlannedFile file;
    private final Destinations destinations = Destinations.load();

    /** What a source told. */
    private record Told(Optional<RowSchema> schema, List<Finding> findings, List<String> notes) {}

    private Preflight(PlannedFile file) {
        this.file = file;
    }

    /** What keeps mappings from working whatever the servers say; asks none. */
    public static List<Finding> offline(PlannedFile file) {
        return enabled(file).stream()
                .flatMap(pipeline -> notBuilt(file, pipeline).stream())
                .toList();
    }

    /** Looks at both ends of every mapping that runs. */
    public static Checkup check(PlannedFile file) {
        return new Preflight(file).check(enabled(file));
    }

    private static List<Pipeline> enabled(PlannedFile file) {
        return file.physical().pipelines().stream().filter(Pipeline::enabled).toList();
    }

    private static List<Finding> notBuilt(PlannedFile file, Pipeline pipeline) {
        return file.notBuilt(pipeline).stream()
                .map(problem -> new Finding(pipeline.mapping(), problem, true))
                .toList();
    }

    private Checkup check(List<Pipeline> pipelines) {
        List<Callable<Told>> sources = new ArrayList<>();
        pipelines.forEach(pipeline -> sources.add(() -> source(pipeline)));
        List<Optional<Told>> told = ENDS.ask(sources);
        List<Callable<Look>> sinks = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            Optional<RowSchema> schema = told.get(i).flatMap(Told::schema);
            sinks.add(() -> destination(pipeline, schema));
        }
        List<Optional<Look>> seen = ENDS.ask(sinks);
        List<Look> looks = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            List<Finding> found =
                    told.get(i)
                            .map(Told::findings)
                            .orElseGet(() -> List.of(silent(pipeline, "source")));
            looks.add(
                    new Look(
                            pipeline.mapping(),
                            "source",
                            address(pipeline.scan().source()),
                            found,
                            "",
                            told.get(i).map(Told::notes).orElse(List.of())));
            String key = file.destinationKey(pipeline);
            looks.add(
                    seen.get(i)
                            .orElseGet(
                                    () ->
                                            look(
                                                    pipeline,
                                                    List.of(silent(pipeline, key)),
                                                    "",
                                                    List.of())));
        }
        return new Checkup(looks);
    }

    private Told source(Pipeline pipeline) {
        try {
            RowSchema schema = SourceProbe.schema(pipeline);
            return new Told(Optional.of(schema), List.of(), notes(pipeline.scan(), schema));
        } catch (SourceException failure) {
            String key = failure.key().isEmpty() ? "source" : failure.key();
            return new Told(
                    Optional.empty(),
                    List.of(finding(pipeline, key, failure.getMessage(), !failure.isPassing())),
                    List.of());
        }
    }

    private static List<String> notes(PollScan scan, RowSchema schema) {
        List<ColumnFacts> columns =
                schema.columns().stream()
                        .map(c -> new ColumnFacts(c.name(), c.type().name(), c.nullable()))
                        .toList();
        List<String> key = schema.keyColumns().stream().map(Column::name).toList();
        PostgresCatalog catalog = new PostgresCatalog("preflight");
        try {
            List<String> notes = new ArrayList<>();
            PollNotes.question(scan, columns, key)
                    .flatMap(catalog::polls)
                    .ifPresent(facts -> notes.addAll(PollNotes.warnings(scan, facts)));
            notes.addAll(RestlessColumns.warnings(scan, columns, catalog));
            DeleteNotes.ask(scan, columns, catalog)
                    .flatMap(coverage -> DeleteNotes.note(scan, coverage))
                    .ifPresent(notes::add);
            return notes;
        } catch (SourceException unasked) {
            // the schema was told: what cannot be asked beyond it keeps nothing from working
            return List.of();
        }
    }

    private Look destination(Pipeline pipeline, Optional<RowSchema> schema) {
        List<Finding> notBuilt = notBuilt(file, pipeline);
        if (!notBuilt.isEmpty()) {
            return look(pipeline, notBuilt, "", List.of());
        }
        String key = file.destinationKey(pipeline);
        String open =
                schema.isPresent() ? "" : "its columns: they are not known without the source";
        DestinationClient client =
                destinations.connector(pipeline.deliver().destination().type()).client(pipeline);
        try (client) {
            List<String> dropped = pipeline.project().map(MapProject::dropped).orElse(List.of());
            // without a schema the question is only whether somebody answers
            RowSchema rows = schema.map(s -> ProjectFunction.without(s, dropped)).orElse(UNKNOWN);
            List<String> problems = client.check(rows);
            List<Finding> found =
                    schema.isEmpty()
                            ? List.of()
                            : problems.stream()
                                    .map(
                                            problem ->
                                                    finding(
                                                            pipeline,
                                                            key + ".table",
                                                            problem,
                                                            true))
                                    .toList();
            // what is to be mended comes first; notes are for what works
            List<String> notes =
                    schema.isEmpty() || !problems.isEmpty() ? List.of() : client.notes(rows);
            return look(pipeline, found, open, notes);
        } catch (IllegalArgumentException | IndexOutOfBoundsException unaskable) {
            if (schema.isPresent()) {
                throw unaskable;
            }
            return look(pipeline, List.of(), open, List.of());
        } catch (Exception failure) {
            boolean mistake = client.classify(failure) != Failure.TRANSIENT;
            String message = failure.getMessage() + ExpiredCertificate.toldOf(failure);
            return look(pipeline, List.of(finding(pipeline, key, message, mistake)), "", List.of());
        }
    }

    private Look look(Pipeline pipeline, List<Finding> findings, String open, List<String> notes) {
        EndpointSpec endpoint = pipeline.deliver().destination();
        String label =
                destinations
                        .types()
                        .find(endpoint.type())
                        .map((DestinationType type) -> type.label(endpoint))
                        .orElse(endpoint.type());
        return new Look(pipeline.mapping(), "destination", label, findings, open, notes);
    }

    private static String address(EndpointSpec source) {
        ConnectionSpec connection = source.connection();
        return "%s %s:%d/%s"
                .formatted(
                        source.type(), connection.host(), connection.port(), connection.database());
    }

    private Finding silent(Pipeline pipeline, String key) {
        return finding(
                pipeline,
                key,
                "no answer in time; the mapping is tried again while it runs",
                false);
    }

    private Finding finding(Pipeline pipeline, String key, String message, boolean mistake) {
        return new Finding(pipeline.mapping(), file.problem(pipeline, key, message), mistake);
    }
}
