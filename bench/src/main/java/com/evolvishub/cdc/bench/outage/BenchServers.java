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

/** All servers. The job connects through one proxy per server, all others connect directly. */
final class BenchServers implements AutoCloseable {

    private final Map<BenchEndpoint, TcpProxy> proxies = new EnumMap<>(BenchEndpoint.class);
    private final Map<BenchEndpoint, Database> databases = new EnumMap<>(BenchEndpoint.class);
    private final ResourceStack started = new ResourceStack();
    private KafkaServer kafka;
    private PulsarServer pulsar;
    private RedisServer redis;

    private BenchServers() {}

    /**
     * Starts all servers that are not given; each PostgreSQL endpoint gets its own server.
     *
     * @param databases endpoints whose PostgreSQL already runs; several may share a server, because
     *     each has its own proxy
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
        for (BenchEndpoint endpoint : BenchEndpoint.values()) {
            proxies.put(endpoint, TcpProxy.listening());
        }
        CompletableFuture<PulsarServer> startingPulsar =
                CompletableFuture.supplyAsync(
                        PulsarServer.builder().behindProxy(proxies.get(BenchEndpoint.PULSAR))
                                ::start);
        CompletableFuture<KafkaServer> startingKafka =
                CompletableFuture.supplyAsync(
                        KafkaServer.builder().behindProxy(proxies.get(BenchEndpoint.KAFKA))::start);
        try {
            redis = RedisServer.builder().start();
            started.add(redis);
            proxies.get(BenchEndpoint.REDIS).to(redis.host(), redis.port());
            for (BenchEndpoint endpoint :
                    new BenchEndpoint[] {
                        BenchEndpoint.SHOP,
                        BenchEndpoint.BRANCH,
                        BenchEndpoint.WAREHOUSE,
                        BenchEndpoint.ARCHIVE
                    }) {
                Database database = databases.computeIfAbsent(endpoint, missing -> startPostgres());
                proxies.get(endpoint).to(database.host(), database.port());
            }
        } finally {
            // even if another server has failed to start: no other code stops these
            kafka = startingKafka.join();
            started.add(kafka);
            pulsar = startingPulsar.join();
            started.add(pulsar);
        }
        String address = kafka.bootstrapServers(KafkaListener.BEHIND_PROXY);
        int colon = address.lastIndexOf(':');
        proxies.get(BenchEndpoint.KAFKA)
                .to(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        proxies.get(BenchEndpoint.PULSAR).to(pulsar.host(), pulsar.proxiedPort());
    }

    private Database startPostgres() {
        PostgresServer server =
                PostgresServer.builder().parameter("shared_buffers", "64MB").start();
        started.add(server);
        return server.createDatabase("bench");
    }

    /** The proxy through which the job connects. */
    TcpProxy proxy(BenchEndpoint endpoint) {
        return proxies.get(endpoint);
    }

    /** The database of a PostgreSQL endpoint. */
    Database database(BenchEndpoint endpoint) {
        return databases.get(endpoint);
    }

    /** Whether this endpoint is a database. */
    boolean isDatabase(BenchEndpoint endpoint) {
        return databases.containsKey(endpoint);
    }

    /** A reader of a mapping's topic or stream, from its beginning. */
    MessageReader messageReader(BenchMapping mapping) throws IOException {
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
        proxies.values().forEach(TcpProxy::close);
        started.close();
    }
}
