package com.evolvishub.cdc.job.preflight;

import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.source.SourceProbe;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.Destinations;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.project.ProjectFunction;
import com.evolvishub.cdc.planner.physical.MapProject;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks every source and every destination of a plan whether its mapping can work: reachable,
 * allowed, tables and columns there, types that fit. Side by side, so that one server that does not
 * answer costs one connection timeout in all.
 */
public final class Preflight {

    private static final int AT_ONCE = 16;

    private final PlannedFile file;
    private final Destinations destinations = Destinations.load();

    private Preflight(PlannedFile file) {
        this.file = file;
    }

    /** What keeps mappings from working whatever the servers say; asks none. */
    public static List<Finding> offline(PlannedFile file) {
        return file.physical().pipelines().stream()
                .filter(Pipeline::enabled)
                .flatMap(pipeline -> notBuilt(file, pipeline).stream())
                .toList();
    }

    /** What keeps mappings from working now, in the file's order; empty: nothing. */
    public static List<Finding> check(PlannedFile file) {
        Preflight preflight = new Preflight(file);
        List<Pipeline> pipelines =
                file.physical().pipelines().stream().filter(Pipeline::enabled).toList();
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        Math.max(1, Math.min(AT_ONCE, pipelines.size())),
                        work -> {
                            Thread thread = new Thread(work, "preflight");
                            thread.setDaemon(true);
                            return thread;
                        });
        try {
            List<Future<List<Finding>>> answers = new ArrayList<>();
            for (Pipeline pipeline : pipelines) {
                answers.add(threads.submit(() -> preflight.check(pipeline)));
            }
            List<Finding> findings = new ArrayList<>();
            for (Future<List<Finding>> answer : answers) {
                findings.addAll(answer.get());
            }
            return findings;
        } catch (ExecutionException bug) {
            throw new IllegalStateException("preflight failed", bug.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Finding> check(Pipeline pipeline) {
        List<Finding> notBuilt = notBuilt(file, pipeline);
        if (!notBuilt.isEmpty()) {
            return notBuilt;
        }
        RowSchema schema;
        try {
            schema = SourceProbe.schema(pipeline);
        } catch (SourceException failure) {
            String key = failure.key().isEmpty() ? "source" : failure.key();
            return List.of(finding(pipeline, key, failure.getMessage(), !failure.isPassing()));
        }
        List<String> dropped = pipeline.project().map(MapProject::dropped).orElse(List.of());
        return destination(pipeline, ProjectFunction.without(schema, dropped));
    }

    private static List<Finding> notBuilt(PlannedFile file, Pipeline pipeline) {
        return file.notBuilt(pipeline).stream()
                .map(problem -> new Finding(pipeline.mapping(), problem, true))
                .toList();
    }

    private List<Finding> destination(Pipeline pipeline, RowSchema schema) {
        String endpoint = file.destinationKey(pipeline);
        DestinationClient client =
                destinations.connector(pipeline.deliver().destination().type()).client(pipeline);
        try (client) {
            return client.check(schema).stream()
                    .map(problem -> finding(pipeline, endpoint + ".table", problem, true))
                    .toList();
        } catch (Exception failure) {
            return List.of(
                    finding(
                            pipeline,
                            endpoint,
                            String.valueOf(failure.getMessage()),
                            client.classify(failure) == Failure.PERMANENT));
        }
    }

    private Finding finding(Pipeline pipeline, String key, String message, boolean mistake) {
        return new Finding(pipeline.mapping(), file.problem(pipeline, key, message), mistake);
    }
}
