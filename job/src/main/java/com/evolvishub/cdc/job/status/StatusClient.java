package com.evolvishub.cdc.job.status;

import com.evolvishub.cdc.job.OperatorUid;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.MetricName;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the mappings' metrics from a running job's REST API. Caches the metric ids, so use one
 * client for many reports. Not thread-safe.
 */
public final class StatusClient {

    /**
     * A metric id is subtask, operator, group of the mapping and name: {@code
     * 0.deliver.mapping.orders.rowsRead}.
     */
    private static final Pattern METRIC = Pattern.compile(".*\\.mapping\\..*\\.([A-Za-z]+)");

    /** Longer than the metric fetch interval of a run in this JVM. */
    private static final Duration FETCHED_AFTER = Duration.ofMillis(150);

    /** Flink's states of a task that runs or has finished; empty: not reported. */
    private static final Set<String> RUNNING_OR_FINISHED = Set.of("", "RUNNING", "FINISHED");

    private final PhysicalPlan plan;
    private final Map<String, String> descriptions;
    private final FlinkRestClient api;
    private final Map<String, List<String>> idsByVertex = new HashMap<>();

    /**
     * @param address of the REST API
     * @param plan the file's plan
     * @param descriptions descriptions by mapping name
     */
    public StatusClient(URI address, PhysicalPlan plan, Map<String, String> descriptions) {
        this.api = new FlinkRestClient(address);
        this.plan = plan;
        this.descriptions = new HashMap<>(descriptions);
    }

    /**
     * The status of the job's mappings.
     *
     * @return the report; empty if no job with the file's name exists
     * @throws IOException if the API does not respond
     */
    public Optional<JobReport> report() throws IOException {
        Optional<String> job = api.job(plan.name());
        return job.isEmpty() ? Optional.empty() : Optional.of(report(job.get()));
    }

    /** The status of the mappings of the job with this id. */
    public JobReport report(String job) throws IOException {
        List<FlinkRestClient.Vertex> vertices = api.vertices(job);
        List<MappingStatus> mappings = new ArrayList<>();
        for (Pipeline pipeline : plan.pipelines()) {
            mappings.add(status(pipeline, metrics(job, vertices, pipeline)));
        }
        return new JobReport(
                Instant.now().toString(),
                ExecutionSummary.of(plan.name(), mappings, true),
                mappings);
    }

    /**
     * The up-to-date status, for the last report of a run. A request returns metrics fetched after
     * the previous request, so this sends requests until a fetch lies between two of them.
     */
    public JobReport latest(String job) throws IOException {
        try {
            for (int requests = 0; requests < 2; requests++) {
                report(job);
                Thread.sleep(FETCHED_AFTER.toMillis());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return report(job);
    }

    private Map<String, String> metrics(
            String job, List<FlinkRestClient.Vertex> vertices, Pipeline pipeline)
            throws IOException {
        String head = "Source: " + OperatorUid.READ.label(pipeline);
        for (FlinkRestClient.Vertex vertex : vertices) {
            if (vertex.beginsWith(head)) {
                Map<String, String> metrics = metrics(job, vertex.id());
                return RUNNING_OR_FINISHED.contains(vertex.status())
                                || !failsWithDestination(pipeline)
                        ? metrics
                        : withRestartCause(job, vertex, metrics);
            }
        }
        return Map.of();
    }

    /** Whether an outage of the destination fails the task, which then cannot report it. */
    private static boolean failsWithDestination(Pipeline pipeline) {
        return pipeline.enabled() && pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL;
    }

    private Map<String, String> withRestartCause(
            String job, FlinkRestClient.Vertex vertex, Map<String, String> metrics)
            throws IOException {
        Optional<TaskFailure> failure = api.lastFailure(job, vertex);
        if (failure.isEmpty()) {
            return metrics;
        }
        Map<String, String> status = new HashMap<>(metrics);
        status.put("state", MappingState.WAITING_FOR_DESTINATION.label());
        status.put("cause", failure.get().cause());
        status.put("since", failure.get().at().toString());
        return status;
    }

    private Map<String, String> metrics(String job, String vertex) throws IOException {
        List<String> ids = idsByVertex.get(vertex);
        if (ids == null) {
            ids = api.metrics(job, vertex).stream().filter(METRIC.asMatchPredicate()).toList();
            if (ids.isEmpty()) {
                return Map.of();
            }
            // a request during start-up returns only some of the ids
            if (ids.size() >= MetricName.values().length) {
                idsByVertex.put(vertex, ids);
            }
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, String> value : api.values(job, vertex, ids).entrySet()) {
            Matcher name = METRIC.matcher(value.getKey());
            if (name.matches()) {
                values.put(name.group(1), value.getValue());
            }
        }
        return values;
    }

    private MappingStatus status(Pipeline pipeline, Map<String, String> metrics) {
        var scan = pipeline.scan();
        var destination = pipeline.deliver().destination();
        String state =
                pipeline.enabled() ? MappingState.STARTING.label() : MappingState.DISABLED.label();
        long polls = number(metrics, "polls");
        long errors = number(metrics, "errors");
        return new MappingStatus(
                pipeline.mapping(),
                pipeline.enabled(),
                descriptions.getOrDefault(pipeline.mapping(), ""),
                scan.source().type(),
                destination.type(),
                scan.source().table(),
                destination.table(),
                scan.relation() instanceof Relation.Query,
                polls + errors,
                last(metrics),
                metrics.getOrDefault("state", state),
                metrics.getOrDefault("cause", ""),
                metrics.getOrDefault("since", ""),
                metrics.getOrDefault("nextTry", ""),
                number(metrics, "rowsRead"),
                number(metrics, "rowsWritten"),
                number(metrics, "rowsUnchanged"),
                number(metrics, "rowsQueued"),
                number(metrics, "bytesWritten"),
                number(metrics, "expectedRows"),
                fraction(metrics, "lagSeconds"),
                metrics.getOrDefault("deliveredAsOf", ""),
                metrics.getOrDefault("watermark", ""),
                metrics.getOrDefault("rereadFloor", ""),
                number(metrics, "rowsRemembered"),
                number(metrics, "nullWatermarks"),
                number(metrics, "futureWatermarks"),
                number(metrics, "watermarkGranuleSeconds"),
                number(metrics, "deletesUnconfirmed"),
                number(metrics, "rowsSkipped"),
                number(metrics, "rowsPutAside"),
                number(metrics, "extraRows"),
                errors,
                number(metrics, "retries"));
    }

    private static MappingStatus.LastExecution last(Map<String, String> metrics) {
        String ended = metrics.getOrDefault("lastPoll", "");
        String cause = metrics.getOrDefault("cause", "");
        if (ended.isEmpty() && cause.isEmpty()) {
            return null;
        }
        return new MappingStatus.LastExecution(
                cause.isEmpty(),
                ended.isEmpty() ? metrics.getOrDefault("since", "") : ended,
                number(metrics, "rowsWritten"),
                number(metrics, "pollMillis") / 1000.0,
                cause.isEmpty() ? null : cause);
    }

    private static long number(Map<String, String> metrics, String name) {
        return (long) fraction(metrics, name, 0);
    }

    private static double fraction(Map<String, String> metrics, String name) {
        return fraction(metrics, name, -1);
    }

    private static double fraction(Map<String, String> metrics, String name, double defaultValue) {
        try {
            double value = Double.parseDouble(metrics.getOrDefault(name, ""));
            return Double.isFinite(value) ? value : defaultValue;
        } catch (NumberFormatException notReportedYet) {
            return defaultValue;
        }
    }
}
