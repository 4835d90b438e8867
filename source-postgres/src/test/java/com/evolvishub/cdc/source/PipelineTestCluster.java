package com.evolvishub.cdc.source;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.source.dedupe.operator.ChangeDetector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Flink cluster in this JVM that runs the pipelines of a test; cancels the jobs that a test
 * leaves running.
 */
public final class PipelineTestCluster
        implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final List<JobID> running = new ArrayList<>();
    private MiniCluster cluster;

    /** A running pipeline. */
    public final class RunningPipeline {
        private final Pipeline pipeline;
        private final PipelineKey key;
        private final JobID job;

        private RunningPipeline(Pipeline pipeline, PipelineKey key, JobID job) {
            this.pipeline = pipeline;
            this.key = key;
            this.job = job;
        }

        public CollectingOperator.CollectedOutput collected() {
            return CollectingOperator.collected(key);
        }

        public List<String> rows() {
            List<String> rows = collected().rows;
            synchronized (rows) {
                return List.copyOf(rows);
            }
        }

        public List<PipelineElement> elements() {
            List<PipelineElement> elements = collected().elements;
            synchronized (elements) {
                return List.copyOf(elements);
            }
        }

        public JobStatus status() throws Exception {
            return cluster.getJobStatus(job).get();
        }

        public String stopWithSavepoint(Path folder) throws Exception {
            String savepoint =
                    cluster.stopWithSavepoint(
                                    job,
                                    folder.toUri().toString(),
                                    false,
                                    SavepointFormatType.CANONICAL)
                            .get();
            cluster.requestJobResult(job).get();
            running.remove(job);
            return savepoint;
        }

        public void cancel() throws Exception {
            cluster.cancelJob(job).get();
            cluster.requestJobResult(job).get();
            running.remove(job);
        }

        /** Restores the same pipeline. */
        public RunningPipeline restored(String savepoint) throws Exception {
            return submit(pipeline, newKey(pipeline), savepoint, List.of(), false);
        }

        /** Restores the same pipeline and runs it until it is finished. */
        public RunningPipeline restoredUntilFinished(String savepoint) throws Exception {
            return submit(pipeline, newKey(pipeline), savepoint, List.of(), true);
        }

        /** Restores the same pipeline with {@code --accept-deletes}. */
        public RunningPipeline restoredAcceptingDeletes(String savepoint) throws Exception {
            return submit(
                    pipeline,
                    newKey(pipeline),
                    savepoint,
                    List.of(),
                    false,
                    SuspectDeletePolicy.ACCEPT_ONCE);
        }

        /** Restores the state with a changed plan. */
        public RunningPipeline restored(String savepoint, Pipeline changed) throws Exception {
            return submit(changed, newKey(changed), savepoint, List.of(), false);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Configuration configuration = new Configuration();
        // several builds may run on one machine
        configuration.set(RestOptions.BIND_PORT, "0");
        // a savepoint must also complete within this timeout
        configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(2));
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(4)
                                .build());
        cluster.start();
    }

    public static PipelineKey newKey(Pipeline pipeline) {
        return new PipelineKey(UUID.randomUUID().toString(), pipeline.identity());
    }

    public RunningPipeline run(Pipeline pipeline) throws Exception {
        return submit(pipeline, newKey(pipeline), "", List.of(), false);
    }

    public RunningPipeline run(Pipeline pipeline, PipelineKey key) throws Exception {
        return submit(pipeline, key, "", List.of(), false);
    }

    /** Runs a pipeline whose destination has the primary key {@code targetKey}. */
    public RunningPipeline runInto(Pipeline pipeline, List<String> targetKey) throws Exception {
        return submit(pipeline, newKey(pipeline), "", targetKey, false);
    }

    public RunningPipeline runUntilFinished(Pipeline pipeline) throws Exception {
        return submit(pipeline, newKey(pipeline), "", List.of(), true);
    }

    private RunningPipeline submit(
            Pipeline pipeline,
            PipelineKey key,
            String savepoint,
            List<String> targetKey,
            boolean finishes)
            throws Exception {
        return submit(pipeline, key, savepoint, targetKey, finishes, SuspectDeletePolicy.STOP);
    }

    private RunningPipeline submit(
            Pipeline pipeline,
            PipelineKey key,
            String savepoint,
            List<String> targetKey,
            boolean finishes,
            SuspectDeletePolicy suspects)
            throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        // the collected rows of a test may exceed the size limit of an in-memory checkpoint
        configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 1000);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        DataStream<PipelineElement> source =
                env.fromSource(
                                new PostgresSource(pipeline, key.run(), finishes),
                                WatermarkStrategy.noWatermarks(),
                                "source")
                        .uid("source");
        ChangeDetector.attachTo(source, pipeline, key.run(), RestoreMode.RESUME, suspects)
                .uid("detect")
                .transform(
                        "collect",
                        PipelineElementTypeInfo.INSTANCE,
                        new CollectingOperator(key, targetKey))
                .uid("collect")
                .sinkTo(new DiscardingSink<>())
                .uid("end");
        JobGraph graph = env.getStreamGraph().getJobGraph();
        if (!savepoint.isEmpty()) {
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        }
        JobID job = cluster.submitJob(graph).get().getJobID();
        running.add(job);
        return new RunningPipeline(pipeline, key, job);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (JobID job : running) {
            if (!cluster.getJobStatus(job).get().isGloballyTerminalState()) {
                cluster.cancelJob(job).get();
            }
            cluster.requestJobResult(job).get();
        }
        running.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        cluster.close();
    }
}
