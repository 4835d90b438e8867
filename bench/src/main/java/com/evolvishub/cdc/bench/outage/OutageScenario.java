package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.bench.outage.record.LatencyRecorder;
import com.evolvishub.cdc.testing.postgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Runs the ten mappings and outages of their servers. Used by one thread. */
final class OutageScenario implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(4);
    private static final long CHECK_INTERVAL_MILLIS = 100;

    private final BenchServers servers;
    private final BenchJobProcess job;
    private final JobMonitor monitor;
    private final List<SourceWriter> writers;
    private final Map<BenchMapping, LatencyFollower> followers;
    private final ResourceStack resources;

    private OutageScenario(
            BenchServers servers,
            BenchJobProcess job,
            JobMonitor monitor,
            List<SourceWriter> writers,
            Map<BenchMapping, LatencyFollower> followers,
            ResourceStack resources) {
        this.servers = servers;
        this.job = job;
        this.monitor = monitor;
        this.writers = writers;
        this.followers = followers;
        this.resources = resources;
    }

    /**
     * Starts all servers and the job; returns when each mapping has delivered its first rows.
     *
     * @param launcher the command that runs evolvishub-cdc
     * @param directory for the file, the log and the state
     * @param databases see {@link BenchServers#start(Map)}
     * @param pollInterval the interval of queries for new rows; it is the resolution of the
     *     latencies
     */
    static OutageScenario start(
            List<String> launcher,
            Path directory,
            Map<BenchEndpoint, Database> databases,
            Duration pollInterval)
            throws Exception {
        ResourceStack resources = new ResourceStack();
        try {
            BenchServers servers = BenchServers.start(databases);
            resources.add(servers);
            List<SourceWriter> writers = new ArrayList<>();
            for (BenchEndpoint source : List.of(BenchEndpoint.SHOP, BenchEndpoint.BRANCH)) {
                SourceWriter writer = new SourceWriter(servers.database(source), source);
                writer.start();
                resources.add(writer);
                writers.add(writer);
            }
            Map<BenchMapping, LatencyFollower> followers = new LinkedHashMap<>();
            BenchJobProcess job =
                    BenchJobProcess.start(launcher, directory, new BenchJobFile(servers).text());
            resources.add(job);
            JobMonitor monitor = new JobMonitor(job);
            OutageScenario scenario =
                    new OutageScenario(servers, job, monitor, writers, followers, resources);
            scenario.await("the job to start", START_TIMEOUT, job::isUp);
            monitor.start();
            resources.add(monitor);
            for (BenchMapping mapping : BenchMapping.ALL) {
                LatencyFollower follower = new LatencyFollower(mapping, servers, pollInterval);
                follower.start();
                resources.add(follower);
                followers.put(mapping, follower);
            }
            scenario.await("the first rows", START_TIMEOUT, () -> scenario.allDelivered(0));
            return scenario;
        } catch (Exception e) {
            resources.close();
            throw e;
        }
    }

    /** The lines that the job has logged. */
    List<String> log() throws IOException {
        return Files.readAllLines(job.log());
    }

    JobMonitor monitor() {
        return monitor;
    }

    LatencyRecorder latencies(BenchMapping mapping) {
        return followers.get(mapping).latencies();
    }

    /** Whether each mapping has delivered a row that was written after {@code since}. */
    private boolean allDelivered(long since) {
        return delivered(BenchMapping.ALL, since);
    }

    /** Whether each of these mappings has delivered a row that was written after {@code since}. */
    boolean delivered(Collection<BenchMapping> mappings, long since) {
        return mappings.stream().allMatch(mapping -> followers.get(mapping).newestBorn() > since);
    }

    /** Runs for some time without an outage. */
    void runSteadyPhase(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        await("the end of the calm", time.multipliedBy(2), () -> System.nanoTime() > end);
    }

    /**
     * Simulates an outage, ends it, and waits until all mappings have caught up.
     *
     * @param until whether the outage may end; its argument is the time at which it began
     */
    OutageResult runOutage(
            List<BenchEndpoint> endpoints, OutageKind kind, Duration timeout, Predicate<Long> until)
            throws Exception {
        long restarts = monitor.restarts();
        List<BenchMapping> affected =
                BenchMapping.ALL.stream().filter(mapping -> mapping.needs(endpoints)).toList();
        long from = System.currentTimeMillis();
        endpoints.forEach(endpoint -> kind.begin(servers.proxy(endpoint)));
        long restoredAt;
        try {
            await("the end of the outage", timeout, () -> until.test(from));
        } finally {
            restoredAt = System.currentTimeMillis();
            endpoints.forEach(endpoint -> servers.proxy(endpoint).restore());
        }
        await(endpoints + " to be level", CATCH_UP_TIMEOUT, () -> delivered(affected, restoredAt));
        double catchUpSeconds = (System.currentTimeMillis() - restoredAt) / 1000.0;
        await("all to flow", CATCH_UP_TIMEOUT, () -> allDelivered(restoredAt));
        Map<BenchMapping, String> differences = compare();
        return new OutageResult(
                endpoints,
                kind,
                from,
                restoredAt,
                catchUpSeconds,
                monitor.restarts() - restarts,
                differences);
    }

    /**
     * Stops the job while no server responds, and waits for its end.
     *
     * @return its exit code
     */
    int stopQuietly() throws InterruptedException {
        monitor.close();
        for (BenchEndpoint end : BenchEndpoint.values()) {
            OutageKind.SILENT.begin(servers.proxy(end));
        }
        return job.stop();
    }

    /** Suspends the writers and returns the destinations that stay different from their sources. */
    private Map<BenchMapping, String> compare() throws Exception {
        writers.forEach(SourceWriter::pause);
        try {
            Map<BenchMapping, String> differences = new LinkedHashMap<>();
            long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
            do {
                Thread.sleep(CHECK_INTERVAL_MILLIS * 5);
                differences.clear();
                for (Map.Entry<BenchMapping, LatencyFollower> entry : followers.entrySet()) {
                    entry.getValue()
                            .difference()
                            .ifPresent(difference -> differences.put(entry.getKey(), difference));
                }
            } while (!differences.isEmpty() && System.nanoTime() < deadline);
            return differences;
        } finally {
            writers.forEach(SourceWriter::resume);
        }
    }

    private interface Condition {
        boolean holds() throws IOException, SQLException;
    }

    private void await(String what, Duration timeout, Condition condition) throws Exception {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.holds()) {
            requireHealth();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "waited %d s for %s; the job's log is %s"
                                .formatted(timeout.toSeconds(), what, job.log()));
            }
            Thread.sleep(CHECK_INTERVAL_MILLIS);
        }
    }

    private void requireHealth() throws IOException {
        job.requireRunning();
        for (SourceWriter writer : writers) {
            Optional<SQLException> failure = writer.failure();
            if (failure.isPresent()) {
                throw new IllegalStateException("a source takes no changes", failure.get());
            }
        }
        for (Map.Entry<BenchMapping, LatencyFollower> entry : followers.entrySet()) {
            Optional<Exception> failure = entry.getValue().failure();
            if (failure.isPresent()) {
                throw new IllegalStateException(
                        entry.getKey().table() + " can no longer be followed", failure.get());
            }
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
