package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.MappingStatus;
import com.evolvishub.cdc.job.status.StatusClient;
import com.evolvishub.cdc.testing.process.FreePorts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The job in a process of its own, with a client of its REST API. */
final class BenchJobProcess implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 180;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path log;
    private final URI address;
    private final StatusClient status;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private String job = "";

    private BenchJobProcess(Process process, Path log, URI address, StatusClient status) {
        this.process = process;
        this.log = log;
        this.address = address;
        this.status = status;
    }

    /** Starts {@code run-multi} with this file; state and log are in {@code directory}. */
    static BenchJobProcess start(List<String> launcher, Path directory, String text)
            throws IOException {
        Path file = Files.writeString(directory.resolve("outages.yaml"), text);
        Path log = directory.resolve("job.log");
        int port = FreePorts.find();
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of("run-multi", "-c", file.toString(), "--port", "" + port));
        command.addAll(List.of("--state-dir", directory.resolve("state").toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        PlannedFile planned = PlannedFile.load(file);
        URI address = URI.create("http://127.0.0.1:" + port);
        return new BenchJobProcess(
                process,
                log,
                address,
                new StatusClient(address, planned.physical(), planned.descriptions()));
    }

    Path log() {
        return log;
    }

    /** Fails if the process has ended. */
    void requireRunning() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "the job has ended with exit code %d:%n%s"
                            .formatted(process.exitValue(), Files.readString(log)));
        }
    }

    /** Whether the job exists and all its tasks are running. */
    boolean isUp() throws IOException {
        requireRunning();
        try {
            for (JsonNode overview : get("/jobs/overview").path("jobs")) {
                if (overview.path("state").asText().equals("RUNNING")
                        && overview.path("tasks").path("running").asInt()
                                == BenchMapping.ALL.size()) {
                    job = overview.path("jid").asText();
                    return true;
                }
            }
            return false;
        } catch (IOException notYet) {
            // the REST API is not up yet, or too busy with the start
            return false;
        }
    }

    JsonNode checkpoints() throws IOException {
        return get("/jobs/" + job + "/checkpoints");
    }

    /** The number of task restarts since the job began. */
    long restarts() throws IOException {
        JsonNode metric = get("/jobs/" + job + "/metrics?get=numRestarts").path(0).path("value");
        return metric.isMissingNode() ? 0 : (long) metric.asDouble();
    }

    /** The status of the mappings, as {@code status} shows it. */
    List<MappingStatus> mappings() throws IOException {
        JobReport report = status.report(job);
        return report.mappings();
    }

    private JsonNode get(String path) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build();
        try {
            return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + path, interrupted);
        }
    }

    /**
     * Sends SIGTERM and waits for the end of the process.
     *
     * @return its exit code
     * @throws IllegalStateException if it does not end in time
     */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "the job still runs " + STOP_SECONDS + " s after it was asked to stop");
        }
        return process.exitValue();
    }

    /** Sends SIGTERM, and kills the process if it does not end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
