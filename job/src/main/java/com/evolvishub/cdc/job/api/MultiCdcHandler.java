package com.evolvishub.cdc.job.api;

import com.evolvishub.cdc.job.RestoreOptions;
import com.evolvishub.cdc.job.embedded.EmbeddedRun;
import com.evolvishub.cdc.job.embedded.RunSettings;
import com.evolvishub.cdc.job.status.ExecutionSummary;
import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.MappingStatus;
import com.evolvishub.cdc.job.status.RunOutcome;
import com.evolvishub.cdc.job.status.StatusClient;
import com.evolvishub.cdc.job.status.StatusRenderer;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the mappings of a file or spec inside this JVM, for programs. {@link #run} returns when
 * every mapping is done or {@link #stop} is called. A handler is used for one run. Thread-safe.
 *
 * <pre>{@code
 * try (MultiCdcHandler handler = MultiCdcHandler.fromFile(Path.of("multi.yaml"), Path.of("state"))) {
 *     handler.run();
 *     System.out.println(handler.summary().totalRecordsProcessed());
 * }
 * }</pre>
 */
public final class MultiCdcHandler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MultiCdcHandler.class);
    private static final Duration REFRESH = Duration.ofMillis(500);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final PlannedFile file;
    private final RunSettings settings;
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final AtomicBoolean started = new AtomicBoolean();
    private EmbeddedRun run;
    private StatusClient status;
    private JobReport last;

    private MultiCdcHandler(PlannedFile file, RunSettings settings) {
        this.file = file;
        this.settings = settings;
    }

    /**
     * A handler for a file.
     *
     * @param stateDirectory keeps positions and queues between runs
     * @throws com.evolvishub.cdc.planner.problem.PlanException with every error in the file
     */
    public static MultiCdcHandler fromFile(Path file, Path stateDirectory) {
        return of(PlannedFile.load(file), new RunSettings(stateDirectory, 0, RestoreOptions.NONE));
    }

    /**
     * A handler for a spec that the program has built.
     *
     * @param stateDirectory keeps positions and queues between runs
     * @throws com.evolvishub.cdc.planner.problem.PlanException with every error in the spec
     */
    public static MultiCdcHandler fromSpec(ConfigFileSpec spec, Path stateDirectory) {
        return of(
                PlannedFile.of(spec, RunOverrides.NONE),
                new RunSettings(stateDirectory, 0, RestoreOptions.NONE));
    }

    /** A handler for a planned file. */
    public static MultiCdcHandler of(PlannedFile file, RunSettings settings) {
        return new MultiCdcHandler(file, settings);
    }

    /**
     * Starts the job and returns.
     *
     * @throws IllegalStateException if this handler was started before
     * @throws com.evolvishub.cdc.planner.problem.PlanException if a mapping uses a feature that
     *     this build does not support yet
     */
    public void start() throws Exception {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a handler is used for one run");
        }
        file.requireSupported();
        EmbeddedRun prepared = EmbeddedRun.prepare(file.physical(), settings);
        try {
            prepared.start();
        } catch (Exception failed) {
            prepared.close();
            throw failed;
        }
        synchronized (this) {
            run = prepared;
            status = new StatusClient(prepared.webUi(), file.physical(), file.descriptions());
        }
    }

    /**
     * Starts the job and waits until every mapping is done, an error stops it ({@code
     * stop_on_error}), or {@link #stop} is called. Then saves the state.
     *
     * @return how the run ended; {@link RunOutcome#RUNNING} if it was stopped
     * @throws IllegalStateException if the job was cancelled or failed
     */
    public RunOutcome run() throws Exception {
        start();
        RunOutcome outcome = RunOutcome.RUNNING;
        while (outcome == RunOutcome.RUNNING
                && !stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            requireAlive();
            try {
                outcome = RunOutcome.of(file.physical(), report());
            } catch (UncheckedIOException busy) {
                LOG.debug("no status this time", busy);
            }
        }
        close();
        return outcome;
    }

    private synchronized void requireAlive() throws IOException {
        // null: another thread has closed this handler
        Optional<String> cause = run == null ? Optional.empty() : run.failureCause();
        if (cause.isPresent()) {
            close();
            throw new IllegalStateException("the job has ended: " + cause.get());
        }
    }

    /** Requests the end of {@link #run}; returns immediately. */
    public void stop() {
        stopRequested.countDown();
    }

    /** The totals of all mappings; after the run its final totals. */
    public ExecutionSummary summary() {
        return report().summary();
    }

    /** The status of each mapping, in the file's order; after the run its final status. */
    public List<MappingStatus> mappingStatus() {
        return report().mappings();
    }

    /** Flink's Web UI and REST API while the job runs. */
    public synchronized URI webUi() {
        if (run == null) {
            throw new IllegalStateException("not running");
        }
        return run.webUi();
    }

    /** Summary and mappings at one moment; after the run its final report. */
    public synchronized JobReport report() {
        if (run != null) {
            try {
                last = status.report(run.jobId());
                run.saveStatus(StatusRenderer.json(last));
            } catch (IOException noResponse) {
                throw new UncheckedIOException(noResponse);
            }
        }
        if (last == null) {
            throw new IllegalStateException("not started yet");
        }
        return last;
    }

    /** Stops the job with a savepoint, if it still runs. */
    @Override
    public void close() throws IOException {
        stop();
        EmbeddedRun ending;
        synchronized (this) {
            if (run == null) {
                return;
            }
            ending = run;
            last = lastReport(ending);
            run = null;
        }
        ending.stop(STOP_TIMEOUT);
        ending.close();
    }

    private JobReport lastReport(EmbeddedRun ending) {
        JobReport report = last;
        try {
            report = status.latest(ending.jobId());
            ending.saveStatus(StatusRenderer.json(report));
        } catch (IOException noResponse) {
            LOG.debug("no last status", noResponse);
        }
        return report == null ? null : report.stopped();
    }
}
