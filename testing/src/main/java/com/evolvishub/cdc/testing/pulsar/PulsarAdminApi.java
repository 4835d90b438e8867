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
 * The admin API of one broker.
 *
 * @param url where it listens
 * @param token of the one who asks; empty: none is needed
 */
record PulsarAdminApi(String url, Optional<String> token) {

    /** To make a topic may wait for disks that many others write to. */
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();

    /**
     * Whether the broker takes clients and has made the namespace that they use by default. Another
     * broker that has taken the port meanwhile is not meant: it has a cluster of another name.
     */
    boolean isReady(String cluster) throws IOException {
        try {
            return send("GET", "/admin/v2/brokers/ready", "").statusCode() == 200
                    && send("GET", "/admin/v2/clusters", "").body().contains('"' + cluster + '"')
                    && send("GET", "/admin/v2/namespaces/public", "")
                            .body()
                            .contains("public/default");
        } catch (IOException e) {
            // nobody listens yet
            return false;
        }
    }

    /** Whether the topic is there by which transaction coordinators are found. */
    boolean coordinatesTransactions() throws IOException {
        String topic = "/admin/v2/persistent/pulsar/system/transaction_coordinator_assign";
        String partitions = send("GET", topic + "/partitions", "").body();
        return partitions.contains("\"partitions\":") && !partitions.contains("\"partitions\":0");
    }

    /**
     * Asks for something, and gives the answer's text.
     *
     * @param json the body; empty: none
     * @throws IllegalStateException if the answer is not one of success
     */
    String call(String method, String path, String json) {
        try {
            HttpResponse<String> answer = send(method, path, json);
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(
                        "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
            }
            return answer.body();
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    private HttpResponse<String> send(String method, String path, String json) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(LIMIT)
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
