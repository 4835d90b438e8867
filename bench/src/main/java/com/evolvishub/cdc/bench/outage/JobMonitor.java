package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.bench.outage.record.CheckpointRecorder;
import com.evolvishub.cdc.job.status.MappingStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the job once in a while: checkpoints, restarts, and the states of its mappings. */
final class JobMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobMonitor.class);
    private static final long PAUSE_MILLIS = 1000;

    /**
     * A state of a mapping as it was first seen.
     *
     * @param at when that was, in milliseconds since 1970
     */
    record Seen(String mapping, String state, String cause, long at) {}

    private final BenchJobProcess run;
    private final CheckpointRecorder checkpoints = new CheckpointRecorder();
    private final List<Seen> states = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::poll, "watch");
    private volatile long restarts;

    JobMonitor(BenchJobProcess run) {
        this.run = run;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    CheckpointRecorder checkpoints() {
        return checkpoints;
    }

    /** Restarts of tasks so far. */
    long restarts() {
        return restarts;
    }

    /** The states that were seen of a mapping from one moment to another, in order. */
    List<Seen> states(BenchMapping mapping, long from, long to) {
        synchronized (states) {
            return states.stream()
                    .filter(seen -> seen.mapping().equals(mapping.table()))
                    .filter(seen -> seen.at() >= from && seen.at() < to)
                    .toList();
        }
    }

    private void poll() {
        try {
            while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    checkpoints.see(run.checkpoints());
                    restarts = run.restarts();
                    run.mappings().forEach(this::recordState);
                } catch (IOException silent) {
                    LOG.warn("the REST API does not answer: {}", silent.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void recordState(MappingStatus mapping) {
        synchronized (states) {
            states.add(
                    new Seen(
                            mapping.name(),
                            mapping.state(),
                            mapping.cause(),
                            System.currentTimeMillis()));
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
