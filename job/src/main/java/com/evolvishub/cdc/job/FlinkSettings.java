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

/** The Flink settings that our promises rest on; they travel with the job, on a cluster too. */
public final class FlinkSettings {

    private FlinkSettings() {}

    /** The settings for a plan. */
    public static Configuration of(PhysicalPlan plan) {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.NAME, plan.name());
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        // there is no event time here, and the default wakes every task five times a second for it
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
        // a checkpoint that fails is tried again a second later; it is no reason to restart a job
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
     * How RocksDB is to use its memory. Flink takes these from a cluster's configuration alone, so
     * a cluster has to set them for itself.
     */
    public static void addRocksDb(Configuration cluster) {
        // RocksDB sets memory aside in eighths of a write buffer. With Flink's 64 MB buffers the
        // share of a worker is gone at once, and from then on every handful of rows becomes a file
        // of its own
        cluster.set(RocksDBConfigurableOptions.WRITE_BUFFER_SIZE, MemorySize.ofMebiBytes(4));
        cluster.set(RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER, 3);
        // most look-ups of a first load are for rows that are not there
        cluster.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
        // whole, the filter of a 64 MB file takes 3 MB. The cache is cut into 64 shards of about a
        // megabyte: such a filter is never kept, and each look-up reads it from the disk again
        cluster.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
        // the default of four threads a mapping is what 300 mappings cannot afford
        cluster.set(RocksDBOptions.CHECKPOINT_TRANSFER_THREAD_NUM, 1);
    }
}
