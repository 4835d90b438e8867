package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.quickstart.events.KafkaTopicReader;
import com.evolvishub.cdc.quickstart.events.MessageReader;
import com.evolvishub.cdc.quickstart.events.PulsarTopicReader;
import com.evolvishub.cdc.quickstart.events.RedisStreamReader;
import com.evolvishub.cdc.testing.kafka.KafkaListener;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All servers, each behind a proxy of its own for the job; everybody else goes there directly. */
final class BenchServers implements AutoCloseable {

    private final Map<BenchEndpoint, TcpProxy> ways = new EnumMap<>(BenchEndpoint.class);
    private final Map<BenchEndpoint, Database> databases = new EnumMap<>(BenchEndpoint.class);
    private final ResourceStack running = new ResourceStack();
    private KafkaServer kafka;
    private PulsarServer pulsar;
    private RedisServer redis;

    private BenchServers() {}

    /**
     * Starts what is not there; each PostgreSQL is a server of its own.
     *
     * @param databases of those ends whose PostgreSQL runs already; several may be of one server,
     *     because each end is cut off on its own way to it
     */
    static BenchServers start(Map<BenchEndpoint, Database> databases) {
        BenchServers servers = new BenchServers();
        try {
            servers.databases.putAll(databases);
            servers.startAll();
            return servers;
        } catch (RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    private void startAll() {
        for (BenchEndpoint end : BenchEndpoint.values()) {
            ways.put(end, TcpProxy.listening());
        }
        CompletableFuture<PulsarServer> startingPulsar =
                CompletableFuture.supplyAsync(
                        PulsarServer.builder().behindProxy(ways.get(BenchEndpoint.PULSAR))::start);
        CompletableFuture<KafkaServer> startingKafka =
                CompletableFuture.supplyAsync(
                        KafkaServer.builder().behindProxy(ways.get(BenchEndpoint.KAFKA))::start);
        try {
            redis = RedisServer.builder().start();
            running.add(redis);
            ways.get(BenchEndpoint.REDIS).to(redis.host(), redis.port());
            for (BenchEndpoint end :
                    new BenchEndpoint[] {
                        BenchEndpoint.SHOP,
                        BenchEndpoint.BRANCH,
                        BenchEndpoint.WAREHOUSE,
                        BenchEndpoint.ARCHIVE
                    }) {
                Database database = databases.computeIfAbsent(end, none -> startPostgres());
                ways.get(end).to(database.host(), database.port());
            }
        } finally {
            // also when another one has not started: nobody else would stop them
            kafka = startingKafka.join();
            running.add(kafka);
            pulsar = startingPulsar.join();
            running.add(pulsar);
        }
        String address = kafka.bootstrapServers(KafkaListener.BEHIND_PROXY);
        int colon = address.lastIndexOf(':');
        ways.get(BenchEndpoint.KAFKA)
                .to(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        ways.get(BenchEndpoint.PULSAR).to(pulsar.host(), pulsar.proxiedPort());
    }

    private Database startPostgres() {
        PostgresServer server =
                PostgresServer.builder().parameter("shared_buffers", "64MB").start();
        running.add(server);
        return server.createDatabase("bench");
    }

    /** The way on which the job comes. */
    TcpProxy proxy(BenchEndpoint end) {
        return ways.get(end);
    }

    /** The database of one of the PostgreSQL servers. */
    Database database(BenchEndpoint end) {
        return databases.get(end);
    }

    /** Whether this end is a database. */
    boolean isDatabase(BenchEndpoint end) {
        return databases.containsKey(end);
    }

    /** What one mapping has sent to its bus, to be read from the beginning. */
    MessageReader bus(BenchMapping mapping) throws IOException {
        return switch (mapping.destination()) {
            case KAFKA -> new KafkaTopicReader(kafka.bootstrapServers(), mapping.table());
            case PULSAR ->
                    new PulsarTopicReader(
                            pulsar.serviceUrl(), "persistent://public/default/" + mapping.table());
            case REDIS -> new RedisStreamReader(redis.host(), redis.port(), mapping.table());
            case SHOP, BRANCH, WAREHOUSE, ARCHIVE ->
                    throw new IllegalArgumentException(mapping.destination() + " is no bus");
        };
    }

    @Override
    public void close() {
        ways.values().forEach(TcpProxy::close);
        running.close();
    }
}
