package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.projection.DropColumnsFunction;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.explain.DeleteNotes;
import com.evolvishub.cdc.planner.explain.PollNotes;
import com.evolvishub.cdc.planner.explain.VolatileColumns;
import com.evolvishub.cdc.planner.physical.DropColumns;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.runtime.connection.CertificateExpiryHint;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import com.evolvishub.cdc.source.SourceSchemaProbe;
import com.evolvishub.cdc.source.facts.PostgresCatalog;
import com.evolvishub.cdc.source.session.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Checks every source and destination of a plan: reachability, permissions, existing tables and
 * columns, matching types. Checks all sources in parallel, then all destinations with the row
 * schema of their source, if it is known.
 */
public final class Preflight {

    /** A busy broker may need 30 s for its first topic; a refused connection fails immediately. */
    private static final TimedParallelCalls CALLS =
            new TimedParallelCalls(16, Duration.ofSeconds(60), Duration.ofSeconds(120));

    private static final RowSchema UNKNOWN = new RowSchema(List.of(), List.of());

    private final PlannedFile file;
    private final DestinationConnectors destinations = DestinationConnectors.load();

    /** The result of checking a source. */
    private record SourceResult(
            Optional<RowSchema> schema, List<CheckResult> results, List<String> notes) {}

    private Preflight(PlannedFile file) {
        this.file = file;
    }

    /** The problems that are found without a server. */
    public static List<CheckResult> offline(PlannedFile file) {
        return enabled(file).stream()
                .flatMap(pipeline -> unsupported(file, pipeline).stream())
                .toList();
    }

    /** Checks both sides of every enabled mapping. */
    public static PreflightReport check(PlannedFile file) {
        return new Preflight(file).check(enabled(file));
    }

    private static List<Pipeline> enabled(PlannedFile file) {
        return file.physical().pipelines().stream().filter(Pipeline::enabled).toList();
    }

    private static List<CheckResult> unsupported(PlannedFile file, Pipeline pipeline) {
        return file.unsupported(pipeline).stream()
                .map(problem -> new CheckResult(pipeline.mapping(), problem, true))
                .toList();
    }

    private PreflightReport check(List<Pipeline> pipelines) {
        List<Callable<SourceResult>> sources = new ArrayList<>();
        pipelines.forEach(pipeline -> sources.add(() -> source(pipeline)));
        List<Optional<SourceResult>> sourceResults = CALLS.call(sources);
        List<Callable<EndpointCheck>> sinks = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            Optional<RowSchema> schema = sourceResults.get(i).flatMap(SourceResult::schema);
            sinks.add(() -> destination(pipeline, schema));
        }
        List<Optional<EndpointCheck>> destinationChecks = CALLS.call(sinks);
        List<EndpointCheck> checks = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            List<CheckResult> problemsFound =
                    sourceResults
                            .get(i)
                            .map(SourceResult::results)
                            .orElseGet(() -> List.of(noResponse(pipeline, "source")));
            checks.add(
                    new EndpointCheck(
                            pipeline.mapping(),
                            "source",
                            address(pipeline.scan().source()),
                            problemsFound,
                            "",
                            sourceResults.get(i).map(SourceResult::notes).orElse(List.of())));
            String key = file.destinationKey(pipeline);
            checks.add(
                    destinationChecks
                            .get(i)
                            .orElseGet(
                                    () ->
                                            endpointCheck(
                                                    pipeline,
                                                    List.of(noResponse(pipeline, key)),
                                                    "",
                                                    List.of())));
        }
        return new PreflightReport(checks);
    }

    private SourceResult source(Pipeline pipeline) {
        try {
            RowSchema schema = SourceSchemaProbe.schema(pipeline);
            return new SourceResult(Optional.of(schema), List.of(), notes(pipeline.scan(), schema));
        } catch (SourceException failure) {
            String key = failure.key().isEmpty() ? "source" : failure.key();
            return new SourceResult(
                    Optional.empty(),
                    List.of(
                            checkResult(
                                    pipeline, key, failure.getMessage(), !failure.isTransient())),
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
                    .flatMap(catalog::pollFacts)
                    .ifPresent(facts -> notes.addAll(PollNotes.warnings(scan, facts)));
            notes.addAll(VolatileColumns.warnings(scan, columns, catalog));
            DeleteNotes.lookUp(scan, columns, catalog)
                    .flatMap(coverage -> DeleteNotes.note(scan, coverage))
                    .ifPresent(notes::add);
            return notes;
        } catch (SourceException unavailable) {
            // the schema is known: failing to query more facts does not prevent the mapping from
            // working
            return List.of();
        }
    }

    private EndpointCheck destination(Pipeline pipeline, Optional<RowSchema> schema) {
        List<CheckResult> notBuilt = unsupported(file, pipeline);
        if (!notBuilt.isEmpty()) {
            return endpointCheck(pipeline, notBuilt, "", List.of());
        }
        String key = file.destinationKey(pipeline);
        String notChecked =
                schema.isPresent() ? "" : "its columns: they are not known without the source";
        DestinationClient client =
                destinations.connector(pipeline.deliver().destination().type()).client(pipeline);
        try (client) {
            List<String> dropped = pipeline.project().map(DropColumns::dropped).orElse(List.of());
            // without a schema the check only shows whether the server responds
            RowSchema rows =
                    schema.map(s -> DropColumnsFunction.without(s, dropped)).orElse(UNKNOWN);
            List<String> problems = client.check(rows);
            List<CheckResult> problemsFound =
                    schema.isEmpty()
                            ? List.of()
                            : problems.stream()
                                    .map(
                                            problem ->
                                                    checkResult(
                                                            pipeline,
                                                            key + ".table",
                                                            problem,
                                                            true))
                                    .toList();
            // notes apply only to what works: a problem hides them
            List<String> notes =
                    schema.isEmpty() || !problems.isEmpty() ? List.of() : client.notes(rows);
            return endpointCheck(pipeline, problemsFound, notChecked, notes);
        } catch (IllegalArgumentException | IndexOutOfBoundsException unexpected) {
            if (schema.isPresent()) {
                throw unexpected;
            }
            return endpointCheck(pipeline, List.of(), notChecked, List.of());
        } catch (Exception failure) {
            boolean userError = client.classify(failure) != FailureKind.TRANSIENT;
            String message = failure.getMessage() + CertificateExpiryHint.describe(failure);
            return endpointCheck(
                    pipeline,
                    List.of(checkResult(pipeline, key, message, userError)),
                    "",
                    List.of());
        }
    }

    private EndpointCheck endpointCheck(
            Pipeline pipeline, List<CheckResult> results, String notChecked, List<String> notes) {
        EndpointSpec endpoint = pipeline.deliver().destination();
        String label =
                destinations
                        .types()
                        .find(endpoint.type())
                        .map((DestinationType type) -> type.label(endpoint))
                        .orElse(endpoint.type());
        return new EndpointCheck(
                pipeline.mapping(), "destination", label, results, notChecked, notes);
    }

    private static String address(EndpointSpec source) {
        ConnectionSpec connection = source.connection();
        return "%s %s:%d/%s"
                .formatted(
                        source.type(), connection.host(), connection.port(), connection.database());
    }

    private CheckResult noResponse(Pipeline pipeline, String key) {
        return checkResult(
                pipeline,
                key,
                "no answer in time; the mapping is tried again while it runs",
                false);
    }

    private CheckResult checkResult(
            Pipeline pipeline, String key, String message, boolean userError) {
        return new CheckResult(pipeline.mapping(), file.problem(pipeline, key, message), userError);
    }
}
