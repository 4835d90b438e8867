package com.evolvishub.cdc.job.status;

import static com.evolvishub.cdc.job.PlannedTestFile.mapping;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.job.PlannedTestFile;
import com.evolvishub.cdc.runtime.pipeline.MetricName;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses responses of Flink's REST API, reduced to the parts that the client reads. */
class StatusClientTest {

    private static final String SCOPE = "0.orders__deliver.mapping.orders.";

    @TempDir private Path directory;

    /** The responses by path; other paths return 404. */
    private final Map<String, String> responses = new LinkedHashMap<>();

    private HttpServer server;
    private StatusClient client;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String response = responses.get(pathAndQuery(exchange.getRequestURI()));
                    byte[] body = response == null ? new byte[0] : response.getBytes(UTF_8);
                    exchange.sendResponseHeaders(response == null ? 404 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        client =
                new StatusClient(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                        PlannedTestFile.shop(
                                        directory,
                                        "",
                                        List.of(mapping("orders"), mapping("people")))
                                .physical(),
                        Map.of("orders", "what was bought"));
        responses.put(
                "/jobs/overview",
                """
                {"jobs":[
                  {"jid":"old","name":"shop","end-time":1700000000000},
                  {"jid":"now","name":"shop","end-time":-1},
                  {"jid":"other","name":"other","end-time":-1}]}
                """);
        responses.put(
                "/jobs/now",
                """
                {"vertices":[
                  {"id":"v1","name":"Source: orders: read -> orders: detect -> orders: deliver"},
                  {"id":"v2","name":"Source: orders_too: read -> orders_too: deliver"}]}
                """);
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void readsTheMetricsOfTheRunningJob() throws Exception {
        serveMetrics(
                Map.of(
                        "rowsRead",
                        "12",
                        "rowsWritten",
                        "11",
                        "polls",
                        "3",
                        "state",
                        "idle",
                        "rereadFloor",
                        "re-read floor 2 s back",
                        "rowsRemembered",
                        "7",
                        "futureWatermarks",
                        "1",
                        "watermarkGranuleSeconds",
                        "60",
                        "deletesUnconfirmed",
                        "2"));

        MappingStatus orders = client.report().orElseThrow().mappings().get(0);

        assertThat(orders.state()).isEqualTo("idle");
        assertThat(orders.description()).isEqualTo("what was bought");
        assertThat(orders.rowsRead()).isEqualTo(12);
        assertThat(orders.rowsWritten()).isEqualTo(11);
        assertThat(orders.totalExecutions()).isEqualTo(3);
        assertThat(orders.lowWatermark()).isEqualTo("re-read floor 2 s back");
        assertThat(orders.rowsRemembered()).isEqualTo(7);
        assertThat(orders.futureWatermarks()).isEqualTo(1);
        assertThat(orders.watermarkGranuleSeconds()).isEqualTo(60);
        assertThat(orders.deletesUnconfirmed()).isEqualTo(2);
    }

    @Test
    void reportsStartingIfTheTaskReportsNothingYet() throws Exception {
        serveMetrics(Map.of());

        MappingStatus people = client.report().orElseThrow().mappings().get(1);

        assertThat(people.state()).isEqualTo("starting");
        assertThat(people.lagSeconds()).isNegative();
        assertThat(people.lastExecution()).isNull();
    }

    /** The task fails together with the destination and cannot report the cause itself. */
    @Test
    void reportsWhyATransactionalMappingRestarts() throws Exception {
        client =
                new StatusClient(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                        PlannedTestFile.shop(
                                        directory,
                                        "",
                                        List.of(mapping("orders", "delivery: transactional")))
                                .physical(),
                        Map.of());
        serveMetrics(Map.of("state", "starting"));
        responses.put("/jobs/now", vertex("INITIALIZING"));
        responses.put(
                "/jobs/now/exceptions",
                """
                {"exceptionHistory":{"entries":[
                  {"taskName":"Source: orders: read -> orders: commit: Writer (1/1) - execution #2",
                   "timestamp":1700000001000,
                   "stacktrace":"java.io.IOException: orders: destination: refused\\n\\tat a.B.c(B.java:1)\\nCaused by: x.Y: refused\\nCaused by: java.net.ConnectException: Connection refused\\n\\tat d.E.f(E.java:1)\\n"},
                  {"taskName":"Source: orders: read -> orders: commit: Writer (1/1) - execution #1",
                   "timestamp":1700000000000,
                   "stacktrace":"java.io.IOException: an older one"}]}}
                """);

        MappingStatus orders = client.report().orElseThrow().mappings().get(0);

        assertThat(orders.state()).isEqualTo("waiting for destination");
        assertThat(orders.cause()).isEqualTo("orders: destination: refused: Connection refused");
        assertThat(orders.since()).isEqualTo("2023-11-14T22:13:21Z");

        responses.put("/jobs/now", vertex("RUNNING"));
        assertThat(client.report().orElseThrow().mappings().get(0).state()).isEqualTo("starting");
    }

    private static String vertex(String status) {
        return """
               {"vertices":[{"id":"v1","status":"%s",
                 "name":"Source: orders: read -> orders: commit: Writer"}]}
               """
                .formatted(status);
    }

    @Test
    void reportsNoLagBeforeTheFirstDelivery() throws Exception {
        serveMetrics(Map.of("lagSeconds", "NaN", "state", "starting"));

        assertThat(client.report().orElseThrow().mappings().get(0).lagSeconds()).isNegative();
    }

    @Test
    void requestsTheMetricIdsAgainIfTheFirstResponseWasIncomplete() throws Exception {
        responses.put(
                "/jobs/now/vertices/v1/metrics", "[{\"id\":\"%srowsRead\"}]".formatted(SCOPE));
        responses.put(
                "/jobs/now/vertices/v1/metrics?get=" + SCOPE + "rowsRead",
                "[{\"id\":\"%srowsRead\",\"value\":\"0\"}]".formatted(SCOPE));
        assertThat(client.report().orElseThrow().mappings().get(0).state()).isEqualTo("starting");

        serveMetrics(Map.of("state", "finished"));

        assertThat(client.report().orElseThrow().mappings().get(0).state()).isEqualTo("finished");
    }

    @Test
    void isEmptyIfNoJobWithThatNameExists() throws Exception {
        responses.put("/jobs/overview", "{\"jobs\":[]}");

        assertThat(client.report()).isEmpty();
    }

    @Test
    void namesTheAddressThatReturnsAnError() {
        responses.remove("/jobs/now");

        assertThatThrownBy(() -> client.report("now"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("HTTP 404 from http://127.0.0.1:")
                .hasMessageContaining("/jobs/now");
    }

    /** Serves all metrics; only the given ones have a value. */
    private void serveMetrics(Map<String, String> values) {
        List<String> ids =
                Arrays.stream(MetricName.values()).map(name -> SCOPE + name.label()).toList();
        responses.put(
                "/jobs/now/vertices/v1/metrics",
                ids.stream()
                        .map("{\"id\":\"%s\"}"::formatted)
                        .collect(Collectors.joining(",", "[{\"id\":\"0.numRecordsIn\"},", "]")));
        responses.put(
                "/jobs/now/vertices/v1/metrics?get=" + String.join(",", ids),
                values.entrySet().stream()
                        .map(
                                value ->
                                        "{\"id\":\"%s\",\"value\":\"%s\"}"
                                                .formatted(
                                                        SCOPE + value.getKey(), value.getValue()))
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private static String pathAndQuery(URI address) {
        return address.getQuery() == null
                ? address.getPath()
                : address.getPath() + "?" + address.getQuery();
    }
}
