package com.evolvishub.cdc.job.embedded;

import com.evolvishub.cdc.job.FlinkSettings;
import com.evolvishub.cdc.job.JobOptions;
import com.evolvishub.cdc.job.JobTranslator;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RestoreMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a plan on a Flink inside this JVM. It resumes from the newest checkpoint or savepoint
 * in its directory, however the previous run ended. Thread-safe; {@link #stop} may be called once.
 */
public final class EmbeddedRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRun.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(1);

    private final PhysicalPlan plan;
    private final RunSettings settings;
    private final StateDirectory state;
    private final MiniCluster cluster;
    private final Optional<RestorePoint> restorePoint;
    private volatile JobID job;
    private volatile CompletableFuture<JobResult> ended;

    private EmbeddedRun(
            PhysicalPlan plan,
            RunSettings settings,
            StateDirectory state,
            MiniCluster cluster,
            Optional<RestorePoint> restorePoint) {
        this.plan = plan;
        this.settings = settings;
        this.state = state;
        this.cluster = cluster;
        this.restorePoint = restorePoint;
    }

    /**
     * Locks the state directory and starts a Flink for the plan; reads and writes no rows yet.
     *
     * @throws StateDirectoryException if the directory is in use or cannot be written
     * @throws PortInUseException if the port is in use
     */
    public static EmbeddedRun prepare(PhysicalPlan plan, RunSettings settings) throws Exception {
        StateDirectory state = new StateDirectory(settings.stateDirectory());
        state.lock();
        try {
            if (settings.choices().fresh()) {
                state.deleteState();
            }
            Optional<RestorePoint> newest = RestorePoint.newest(state);
            if (newest.isPresent()) {
                state.dropSavepointsOtherThan(newest.get().folder());
            }
            state.deleteEmptyDirectories();
            EmbeddedFlink.requireFree(settings.port());
            MiniCluster cluster =
                    EmbeddedFlink.start(plan.workers(), settings.port(), state.emptyScratch());
            return new EmbeddedRun(plan, settings, state, cluster, newest);
        } catch (Exception failed) {
            state.close();
            throw failed;
        }
    }

    /** The checkpoint or savepoint this run resumes from; empty: it starts without state. */
    public Optional<Path> resumesFrom() {
        return restorePoint.map(RestorePoint::folder);
    }

    /** Submits the job. */
    public void start() throws Exception {
        JobOptions options =
                new JobOptions(UUID.randomUUID().toString(), false, settings.choices(), false);
        Configuration configuration = FlinkSettings.of(plan);
        if (plan.checkpointStorage().isEmpty()) {
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                    state.checkpoints().toUri().toString());
        }
        JobGraph graph = JobTranslator.translate(plan, options, configuration);
        restorePoint.ifPresent(
                point ->
                        graph.setSavepointRestoreSettings(
                                // state of a mapping removed from the file matches no operator
                                SavepointRestoreSettings.forPath(
                                        point.folder().toUri().toString(),
                                        true,
                                        restoreMode(point))));
        job = cluster.submitJob(graph).get().getJobID();
        ended = cluster.requestJobResult(job);
        state.writeAddress(webUi().toString());
    }

    /**
     * Later checkpoints must not share files of a savepoint: Flink (FLINK-39964) writes their names
     * without the savepoint's directory, and such a checkpoint cannot be restored. With NO_CLAIM
     * the first checkpoint is self-contained.
     */
    private RestoreMode restoreMode(RestorePoint point) {
        return state.isSavepoint(point.folder()) ? RestoreMode.NO_CLAIM : RestoreMode.CLAIM;
    }

    /** Flink's Web UI and REST API. */
    public URI webUi() {
        return cluster.getRestAddress().join();
    }

    /** The job's id in that API. */
    public String jobId() {
        return job.toHexString();
    }

    /** Why the job has ended without a stop request; empty while it runs. */
    public Optional<String> failureCause() {
        return ended.isDone() ? Optional.of(cause(ended.join())) : Optional.empty();
    }

    private static String cause(JobResult result) {
        Throwable root = result.getSerializedThrowable().orElse(null);
        if (root == null) {
            return "it was cancelled from outside";
        }
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Saves the report that {@code status} shows after this run. */
    public void saveStatus(String json) {
        try {
            state.saveStatus(json);
        } catch (IOException unwritable) {
            LOG.warn("could not write {}: {}", state.status(), unwritable.toString());
        }
    }

    /**
     * Stops the job with a savepoint. If that fails or times out, the next run resumes from the
     * newest checkpoint; no rows are lost.
     *
     * @param timeout the maximum wait for each of the two calls
     * @return the savepoint; empty: none was taken
     */
    public Optional<Path> stop(Duration timeout) {
        try {
            JobStatus status =
                    cluster.getJobStatus(job).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (status.isGloballyTerminalState()) {
                return Optional.empty();
            }
            String path =
                    cluster.stopWithSavepoint(
                                    job,
                                    state.savepoints().toUri().toString(),
                                    false,
                                    SavepointFormatType.NATIVE)
                            .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(Path.of(URI.create(path)));
        } catch (ExecutionException | TimeoutException notSaved) {
            LOG.debug("no final checkpoint", notSaved);
            cancel();
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void cancel() {
        try {
            cluster.cancelJob(job).get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException closingEndsItToo) {
            LOG.debug("not cancelled", closingEndsItToo);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            cluster.closeAsync().get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stuck) {
            LOG.warn("Flink did not close cleanly: {}", stuck.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            state.close();
        }
    }
}
