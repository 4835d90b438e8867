package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Client for the calls of Flink's REST API that status needs. Thread-safe. */
final class FlinkRestClient {

    /** Flink answers 404 where method, path and query have more than 4096 characters. */
    private static final int LONGEST_QUERY = 3000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI address;
    private final HttpClient http;

    FlinkRestClient(URI address) {
        this.address = address;
        this.http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    }

    /** The id of the running job with this name, or of one that has ended. */
    Optional<String> job(String name) throws IOException {
        String ended = null;
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            if (!job.path("name").asText().equals(name)) {
                continue;
            }
            if (job.path("end-time").asLong() < 0) {
                return Optional.of(job.path("jid").asText());
            }
            ended = job.path("jid").asText();
        }
        return Optional.ofNullable(ended);
    }

    /**
     * One task of a job.
     *
     * @param status Flink's execution state, for example RUNNING; empty: not reported
     */
    record Vertex(String id, String name, String status) {

        /** Whether this task's first operator has this name. */
        boolean beginsWith(String head) {
            return name.equals(head) || name.startsWith(head + " -> ");
        }
    }

    /** The job's vertices. */
    List<Vertex> vertices(String job) throws IOException {
        List<Vertex> vertices = new ArrayList<>();
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            vertices.add(
                    new Vertex(
                            vertex.path("id").asText(),
                            vertex.path("name").asText(),
                            vertex.path("status").asText()));
        }
        return vertices;
    }

    /** The last failure of a task in Flink's exception history; empty: none. */
    Optional<TaskFailure> lastFailure(String job, Vertex vertex) throws IOException {
        TaskFailure last = null;
        for (JsonNode entry :
                get("/jobs/%s/exceptions".formatted(job))
                        .path("exceptionHistory")
                        .path("entries")) {
            TaskFailure failure =
                    TaskFailure.of(
                            entry.path("stacktrace").asText(), entry.path("timestamp").asLong());
            if (entry.path("taskName").asText().startsWith(vertex.name() + " (")
                    && (last == null || failure.at().isAfter(last.at()))) {
                last = failure;
            }
        }
        return Optional.ofNullable(last);
    }

    /** Names of a vertex's metrics. */
    List<String> metrics(String job, String vertex) throws IOException {
        List<String> ids = new ArrayList<>();
        for (JsonNode metric : get("/jobs/%s/vertices/%s/metrics".formatted(job, vertex))) {
            ids.add(metric.path("id").asText());
        }
        return ids;
    }

    /** The values of the given metrics, without those that are not reported yet. */
    Map<String, String> values(String job, String vertex, List<String> ids) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String query : queries(ids)) {
            for (JsonNode metric :
                    get("/jobs/%s/vertices/%s/metrics?get=%s".formatted(job, vertex, query))) {
                values.put(metric.path("id").asText(), metric.path("value").asText());
            }
        }
        return values;
    }

    /**
     * Splits the ids into queries of limited length: each id contains the mapping's name, which may
     * be long.
     */
    static List<String> queries(List<String> ids) {
        List<String> queries = new ArrayList<>();
        StringBuilder query = new StringBuilder();
        for (String id : ids) {
            String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8);
            if (query.length() > 0 && query.length() + encoded.length() > LONGEST_QUERY) {
                queries.add(query.toString());
                query.setLength(0);
            }
            query.append(query.length() == 0 ? "" : "%2C").append(encoded);
        }
        if (query.length() > 0) {
            queries.add(query.toString());
        }
        return queries;
    }

    private JsonNode get(String path) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(
                        "HTTP %d from %s".formatted(response.statusCode(), request.uri()));
            }
            return JSON.readTree(response.body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), interrupted);
        }
    }
}
