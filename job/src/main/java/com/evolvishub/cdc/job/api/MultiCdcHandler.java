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
 * Runs the mappings of a file inside this JVM, for programs. Made from a file or from a spec;
 * {@link #run} works until every mapping is done or somebody calls {@link #stop}. A handler is used
 * for one run. Thread-safe.
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
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private final PlannedFile file;
    private final RunSettings settings;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
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
     * @param stateDirectory where positions and queues are kept from run to run
     * @throws com.evolvishub.cdc.planner.problem.PlanException with every mistake in the file
     */
    public static MultiCdcHandler fromFile(Path file, Path stateDirectory) {
        return of(PlannedFile.load(file), new RunSettings(stateDirectory, 0, RestoreOptions.NONE));
    }

    /**
     * A handler for a spec that the program made itself.
     *
     * @param stateDirectory where positions and queues are kept from run to run
     * @throws com.evolvishub.cdc.planner.problem.PlanException with every mistake in the spec
     */
    public static MultiCdcHandler fromSpec(ConfigFileSpec spec, Path stateDirectory) {
        return of(
                PlannedFile.of(spec, RunOverrides.NONE),
                new RunSettings(stateDirectory, 0, RestoreOptions.NONE));
    }

    /** A handler for a file that was planned before. */
    public static MultiCdcHandler of(PlannedFile file, RunSettings settings) {
        return new MultiCdcHandler(file, settings);
    }

    /**
     * Starts the job and returns; rows flow from here on.
     *
     * @throws IllegalStateException if this handler was started before
     * @throws com.evolvishub.cdc.planner.problem.PlanException if a mapping asks for what this
     *     build cannot do yet
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
     * Starts the job and works until every mapping is done, one stops it ({@code stop_on_error}),
     * or {@link #stop} is called; then state is saved.
     *
     * @return how it ended; {@link RunOutcome#RUNNING} when it was stopped
     * @throws IllegalStateException if the job was cancelled or failed under it
     */
    public RunOutcome run() throws Exception {
        start();
        RunOutcome outcome = RunOutcome.RUNNING;
        while (outcome == RunOutcome.RUNNING
                && !stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
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
        // none: another thread has closed this handler meanwhile
        Optional<String> cause = run == null ? Optional.empty() : run.failureCause();
        if (cause.isPresent()) {
            close();
            throw new IllegalStateException("the job has ended: " + cause.get());
        }
    }

    /** Ends {@link #run}, from any thread; returns at once. */
    public void stop() {
        stopAsked.countDown();
    }

    /** All mappings in a few numbers; after the end those of the end. */
    public ExecutionSummary summary() {
        return report().summary();
    }

    /** Each mapping, in the file's order; after the end as it was at the end. */
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

    /** Summary and mappings of one moment; after the end those of the end. */
    public synchronized JobReport report() {
        if (run != null) {
            try {
                last = status.report(run.jobId());
                run.saveStatus(StatusRenderer.json(last));
            } catch (IOException silent) {
                throw new UncheckedIOException(silent);
            }
        }
        if (last == null) {
            throw new IllegalStateException("not started yet");
        }
        return last;
    }

    /** Stops the job with its state saved, if it still runs. */
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
        ending.stop(STOP_PATIENCE);
        ending.close();
    }

    private JobReport lastReport(EmbeddedRun ending) {
        JobReport report = last;
        try {
            report = status.latest(ending.jobId());
            ending.saveStatus(StatusRenderer.json(report));
        } catch (IOException silent) {
            LOG.debug("no last status", silent);
        }
        return report == null ? null : report.stopped();
    }
}
