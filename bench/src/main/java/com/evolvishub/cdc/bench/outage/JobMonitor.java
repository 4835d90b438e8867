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

/** Polls the job every second: checkpoints, restarts, and the states of its mappings. */
final class JobMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JobMonitor.class);
    private static final long PAUSE_MILLIS = 1000;

    /**
     * A state of a mapping.
     *
     * @param at the time of the poll, in milliseconds since 1970
     */
    record StateSample(String mapping, String state, String cause, long at) {}

    private final BenchJobProcess job;
    private final CheckpointRecorder checkpoints = new CheckpointRecorder();
    private final List<StateSample> states = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::poll, "watch");
    private volatile long restarts;

    JobMonitor(BenchJobProcess job) {
        this.job = job;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    CheckpointRecorder checkpoints() {
        return checkpoints;
    }

    /** The number of task restarts so far. */
    long restarts() {
        return restarts;
    }

    /** The states of a mapping from {@code from} to {@code to}, in order. */
    List<StateSample> states(BenchMapping mapping, long from, long to) {
        synchronized (states) {
            return states.stream()
                    .filter(sample -> sample.mapping().equals(mapping.table()))
                    .filter(sample -> sample.at() >= from && sample.at() < to)
                    .toList();
        }
    }

    private void poll() {
        try {
            while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    checkpoints.add(job.checkpoints());
                    restarts = job.restarts();
                    job.mappings().forEach(this::recordState);
                } catch (IOException noResponse) {
                    LOG.warn("the REST API does not answer: {}", noResponse.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void recordState(MappingStatus mapping) {
        synchronized (states) {
            states.add(
                    new StateSample(
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
