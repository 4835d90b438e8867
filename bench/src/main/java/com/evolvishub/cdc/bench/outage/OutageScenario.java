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

/** The ten mappings at work, one end after another cut off. Used by one thread. */
final class OutageScenario implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration LEVEL_LIMIT = Duration.ofMinutes(4);
    private static final long LOOK_MILLIS = 100;

    private final BenchServers servers;
    private final BenchJobProcess run;
    private final JobMonitor watch;
    private final List<SourceWriter> writers;
    private final Map<BenchMapping, LatencyFollower> followers;
    private final ResourceStack running;

    private OutageScenario(
            BenchServers servers,
            BenchJobProcess run,
            JobMonitor watch,
            List<SourceWriter> writers,
            Map<BenchMapping, LatencyFollower> followers,
            ResourceStack running) {
        this.servers = servers;
        this.run = run;
        this.watch = watch;
        this.writers = writers;
        this.followers = followers;
        this.running = running;
    }

    /**
     * Starts everything; returns when the first rows of each mapping have arrived.
     *
     * @param launcher the command that runs evolvishub-cdc
     * @param folder for the file, the log and the state
     * @param databases see {@link BenchServers#start(Map)}
     * @param looks how long a look for new rows is behind the one before; latencies are no finer
     */
    static OutageScenario start(
            List<String> launcher,
            Path folder,
            Map<BenchEndpoint, Database> databases,
            Duration looks)
            throws Exception {
        ResourceStack running = new ResourceStack();
        try {
            BenchServers servers = BenchServers.start(databases);
            running.add(servers);
            List<SourceWriter> writers = new ArrayList<>();
            for (BenchEndpoint source : List.of(BenchEndpoint.SHOP, BenchEndpoint.BRANCH)) {
                SourceWriter writer = new SourceWriter(servers.database(source), source);
                writer.start();
                running.add(writer);
                writers.add(writer);
            }
            Map<BenchMapping, LatencyFollower> followers = new LinkedHashMap<>();
            BenchJobProcess run =
                    BenchJobProcess.start(launcher, folder, new BenchJobFile(servers).text());
            running.add(run);
            JobMonitor watch = new JobMonitor(run);
            OutageScenario matrix =
                    new OutageScenario(servers, run, watch, writers, followers, running);
            matrix.await("the job to start", START_LIMIT, run::isUp);
            watch.start();
            running.add(watch);
            for (BenchMapping mapping : BenchMapping.ALL) {
                LatencyFollower follower = new LatencyFollower(mapping, servers, looks);
                follower.start();
                running.add(follower);
                followers.put(mapping, follower);
            }
            matrix.await("the first rows", START_LIMIT, () -> matrix.flows(0));
            return matrix;
        } catch (Exception e) {
            running.close();
            throw e;
        }
    }

    /** What the job has logged, line by line. */
    List<String> log() throws IOException {
        return Files.readAllLines(run.log());
    }

    JobMonitor watch() {
        return watch;
    }

    LatencyRecorder latencies(BenchMapping mapping) {
        return followers.get(mapping).latencies();
    }

    /** Whether each mapping has delivered a row that was written after this moment. */
    private boolean flows(long since) {
        return flow(BenchMapping.ALL, since);
    }

    /** Whether each of these has delivered a row that was written after a moment. */
    boolean flow(Collection<BenchMapping> mappings, long since) {
        return mappings.stream().allMatch(each -> followers.get(each).newestBorn() > since);
    }

    /** Nothing happens but the work itself. */
    void runSteadyPhase(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        await("the end of the calm", time.multipliedBy(2), () -> System.nanoTime() > end);
    }

    /**
     * Cuts ends off, mends them, and waits until all mappings are level.
     *
     * @param until whether they may be mended, told the moment at which they were cut
     */
    OutageResult cut(
            List<BenchEndpoint> ends, OutageKind cut, Duration limit, Predicate<Long> until)
            throws Exception {
        long restarts = watch.restarts();
        List<BenchMapping> concerned =
                BenchMapping.ALL.stream().filter(each -> each.needs(ends)).toList();
        long from = System.currentTimeMillis();
        ends.forEach(end -> cut.begin(servers.proxy(end)));
        long mended;
        try {
            await("the end of the outage", limit, () -> until.test(from));
        } finally {
            mended = System.currentTimeMillis();
            ends.forEach(end -> servers.proxy(end).restore());
        }
        await(ends + " to be level", LEVEL_LIMIT, () -> flow(concerned, mended));
        double level = (System.currentTimeMillis() - mended) / 1000.0;
        await("all to flow", LEVEL_LIMIT, () -> flows(mended));
        Map<BenchMapping, String> differences = compare();
        return new OutageResult(
                ends, cut, from, mended, level, watch.restarts() - restarts, differences);
    }

    /**
     * Asks the job to stop while no server at all answers, and waits for its end.
     *
     * @return its exit code
     */
    int stopQuietly() throws InterruptedException {
        watch.close();
        for (BenchEndpoint end : BenchEndpoint.values()) {
            OutageKind.SILENT.begin(servers.proxy(end));
        }
        return run.stop();
    }

    /** With the sources at rest: what does not become the same as its source. */
    private Map<BenchMapping, String> compare() throws Exception {
        writers.forEach(SourceWriter::pause);
        try {
            Map<BenchMapping, String> differences = new LinkedHashMap<>();
            long deadline = System.nanoTime() + LEVEL_LIMIT.toNanos();
            do {
                Thread.sleep(LOOK_MILLIS * 5);
                differences.clear();
                for (Map.Entry<BenchMapping, LatencyFollower> each : followers.entrySet()) {
                    each.getValue()
                            .difference()
                            .ifPresent(found -> differences.put(each.getKey(), found));
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

    private void await(String what, Duration limit, Condition condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            requireHealth();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "waited %d s for %s; the job's log is %s"
                                .formatted(limit.toSeconds(), what, run.log()));
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void requireHealth() throws IOException {
        run.requireRunning();
        for (SourceWriter each : writers) {
            Optional<SQLException> failure = each.failure();
            if (failure.isPresent()) {
                throw new IllegalStateException("a source takes no changes", failure.get());
            }
        }
        for (Map.Entry<BenchMapping, LatencyFollower> each : followers.entrySet()) {
            Optional<Exception> failure = each.getValue().failure();
            if (failure.isPresent()) {
                throw new IllegalStateException(
                        each.getKey().table() + " can no longer be followed", failure.get());
            }
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
