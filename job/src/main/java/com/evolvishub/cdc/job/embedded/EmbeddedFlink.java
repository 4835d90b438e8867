package com.evolvishub.cdc.job.embedded;

import com.evolvishub.cdc.job.FlinkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/** The Flink mini cluster inside this JVM: sized for one job, reachable only from this machine. */
final class EmbeddedFlink {

    private static final String LOOPBACK = "127.0.0.1";

    /** Below this RocksDB warns that its write buffers do not fit into a slot. */
    private static final int MANAGED_MB_PER_WORKER = 32;

    private static final int MANAGED_MB_AT_LEAST = 96;

    private EmbeddedFlink() {}

    /**
     * @throws PortInUseException if another socket listens on the port
     */
    static void requireFree(int port) {
        if (port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.setReuseAddress(true);
        } catch (IOException inUse) {
            throw new PortInUseException(port, inUse);
        }
    }

    static MiniCluster start(int workers, int port, Path scratch) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestOptions.ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_PORT, Integer.toString(port));
        // blob server and RPC: the default is to bind to all addresses
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(JobManagerOptions.ADDRESS, LOOPBACK);
        settings.set(TaskManagerOptions.HOST, LOOPBACK);
        settings.set(WebOptions.SUBMIT_ENABLE, false);
        // metrics are fetched only on request: this is the maximum age of a response, not a rate
        settings.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(100));
        settings.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                MemorySize.ofMebiBytes(
                        Math.max(MANAGED_MB_AT_LEAST, MANAGED_MB_PER_WORKER * workers)));
        // no operators exchange data over the network, but Flink requires a pool
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(8));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(8));
        FlinkSettings.addRocksDb(settings);
        // not the system's temporary directory: files of a killed run could not be cleaned up there
        settings.set(CoreOptions.TMP_DIRS, scratch.toString());
        settings.set(ClusterOptions.PROCESS_WORKING_DIR_BASE, scratch.toString());
        // both sides are this process: a late heartbeat means a slow machine, not a lost one
        settings.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(5));
        settings.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(2));
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(settings)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(workers)
                                .build());
        cluster.start();
        return cluster;
    }
}
