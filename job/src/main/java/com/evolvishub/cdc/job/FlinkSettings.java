package com.evolvishub.cdc.job;

import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.contrib.streaming.state.RocksDBConfigurableOptions;
import org.apache.flink.contrib.streaming.state.RocksDBOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/**
 * The Flink settings that the delivery guarantees depend on. They are part of the submitted job, on
 * a cluster too.
 */
public final class FlinkSettings {

    private FlinkSettings() {}

    /** The settings for a plan. */
    public static Configuration of(PhysicalPlan plan) {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.NAME, plan.name());
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        // the job has no event time; the default would wake every task five times a second
        settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ZERO);
        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, plan.checkpointInterval());
        settings.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, plan.checkpointTimeout());
        settings.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 1);
        // a failed checkpoint is retried after a second; it does not restart the job
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 1_000_000);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofSeconds(1));
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofMinutes(1));
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(5));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_JITTER_FACTOR, 0.2);
        if (!plan.checkpointStorage().isEmpty()) {
            settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, plan.checkpointStorage());
        }
        return settings;
    }

    /**
     * Adds the memory settings of RocksDB. Flink reads them only from the configuration of the
     * cluster, so on a cluster the operator has to set them.
     */
    public static void addRocksDb(Configuration cluster) {
        // RocksDB allocates memory in eighths of a write buffer. With Flink's 64 MB buffers a
        // worker's share is used up immediately, and then every few rows become a file of their own
        cluster.set(RocksDBConfigurableOptions.WRITE_BUFFER_SIZE, MemorySize.ofMebiBytes(4));
        cluster.set(RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER, 3);
        // most lookups of a first load are for keys that do not exist
        cluster.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
        // an unpartitioned filter of a 64 MB file takes 3 MB. The cache has 64 shards of about 1 MB
        // each: such a filter is never cached, and each lookup reads it from disk again
        cluster.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
        // the default of four threads per mapping is too much for 300 mappings
        cluster.set(RocksDBOptions.CHECKPOINT_TRANSFER_THREAD_NUM, 1);
    }
}
