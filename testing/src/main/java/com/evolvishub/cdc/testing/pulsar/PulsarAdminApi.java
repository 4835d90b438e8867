package com.evolvishub.cdc.testing.pulsar;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * A client of the admin API of one broker.
 *
 * @param url base URL
 * @param token of the caller; empty: none is required
 */
record PulsarAdminApi(String url, Optional<String> token) {

    /** Long, because creating a topic may wait for a busy disk. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(1);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

    /**
     * Whether the broker accepts clients and has created the default namespace. The cluster name
     * detects another broker that has taken the port.
     */
    boolean isReady(String cluster) throws IOException {
        try {
            return send("GET", "/admin/v2/brokers/ready", "").statusCode() == 200
                    && send("GET", "/admin/v2/clusters", "").body().contains('"' + cluster + '"')
                    && send("GET", "/admin/v2/namespaces/public", "")
                            .body()
                            .contains("public/default");
        } catch (IOException e) {
            // the port is not open yet
            return false;
        }
    }

    /** Whether the topic exists that assigns transaction coordinators. */
    boolean coordinatesTransactions() throws IOException {
        String topic = "/admin/v2/persistent/pulsar/system/transaction_coordinator_assign";
        String partitions = send("GET", topic + "/partitions", "").body();
        return partitions.contains("\"partitions\":") && !partitions.contains("\"partitions\":0");
    }

    /**
     * Sends a request and returns the body of the response.
     *
     * @param json the body; empty: none
     * @throws IllegalStateException if the status code is not a success
     */
    String call(String method, String path, String json) {
        try {
            HttpResponse<String> response = send(method, path, json);
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(
                        "%s %s: %d %s"
                                .formatted(method, path, response.statusCode(), response.body()));
            }
            return response.body();
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    private HttpResponse<String> send(String method, String path, String json) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(REQUEST_TIMEOUT)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                json.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(json));
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
