package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.process.FreePorts;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** A Redis Cluster of three primaries on 127.0.0.1, each with a third of the slots. */
public final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final int PRIMARIES = 3;
    private static final int ATTEMPTS = 5;

    /** Offset of the port of Redis's cluster bus. */
    private static final int CLUSTER_BUS_OFFSET = 10_000;

    private static final long READY_LIMIT_SECONDS = 60;

    private final List<RedisServer> servers = new ArrayList<>();

    private RedisCluster() {}

    /**
     * Starts the servers and returns when the cluster accepts commands, after a few seconds.
     *
     * @throws ServerUnavailableException if no program is found or a server does not start
     */
    public static RedisCluster start() {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < PRIMARIES; i++) {
                cluster.servers.add(startNode());
            }
            cluster.join();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static RedisServer startNode() {
        for (int attempt = 1; ; attempt++) {
            try {
                return RedisServer.builder()
                        .port(FreePorts.findWithSecond(CLUSTER_BUS_OFFSET))
                        .parameter("cluster-enabled", "yes")
                        // long, so that a busy machine that stalls for seconds causes no failover
                        .parameter("cluster-node-timeout", "60000")
                        .start();
            } catch (ServerUnavailableException e) {
                if (attempt == ATTEMPTS || !FreePorts.wereTaken(e)) {
                    throw e;
                }
            }
        }
    }

    private void join() {
        for (int i = 0; i < PRIMARIES; i++) {
            RedisServer server = servers.get(i);
            List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            IntStream.range(SLOTS * i / PRIMARIES, SLOTS * (i + 1) / PRIMARIES)
                    .forEach(slot -> command.add(Integer.toString(slot)));
            server.command(command.toArray(new String[0]));
            RedisServer first = servers.get(0);
            server.command("CLUSTER", "MEET", first.host(), Integer.toString(first.port()));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_LIMIT_SECONDS);
        while (!servers.stream().allMatch(RedisCluster::isReady)) {
            if (System.nanoTime() > deadline) {
                throw new ServerUnavailableException(
                        "Redis Cluster is not ready after " + READY_LIMIT_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean isReady(RedisServer server) {
        String state = server.command("CLUSTER", "INFO");
        return state.contains("cluster_state:ok")
                && state.contains("cluster_slots_ok:" + SLOTS)
                && state.contains("cluster_known_nodes:" + PRIMARIES);
    }

    /** The servers; each of them redirects clients to the others. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
