package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.playground.events.Bus;
import com.evolvishub.cdc.playground.events.KafkaTopic;
import com.evolvishub.cdc.playground.events.PulsarTopic;
import com.evolvishub.cdc.playground.events.RedisStream;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.PostgresServer;
import com.evolvishub.cdc.servers.RedisServer;
import com.evolvishub.cdc.servers.TcpProxy;
import com.evolvishub.cdc.servers.kafka.BrokerListener;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All servers, each behind a proxy of its own for the job; everybody else goes there directly. */
final class Servers implements AutoCloseable {

    private final Map<End, TcpProxy> ways = new EnumMap<>(End.class);
    private final Map<End, Database> databases = new EnumMap<>(End.class);
    private final Running running = new Running();
    private KafkaServer kafka;
    private PulsarServer pulsar;
    private RedisServer redis;

    private Servers() {}

    /**
     * Starts what is not there; each PostgreSQL is a server of its own.
     *
     * @param databases of those ends whose PostgreSQL runs already; several may be of one server,
     *     because each end is cut off on its own way to it
     */
    static Servers start(Map<End, Database> databases) {
        Servers servers = new Servers();
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
        for (End end : End.values()) {
            ways.put(end, TcpProxy.listening());
        }
        CompletableFuture<PulsarServer> startingPulsar =
                CompletableFuture.supplyAsync(
                        PulsarServer.builder().behind(ways.get(End.PULSAR))::start);
        CompletableFuture<KafkaServer> startingKafka =
                CompletableFuture.supplyAsync(
                        KafkaServer.builder().behind(ways.get(End.KAFKA))::start);
        try {
            redis = RedisServer.builder().start();
            running.add(redis);
            ways.get(End.REDIS).to(redis.host(), redis.port());
            for (End end : new End[] {End.SHOP, End.BRANCH, End.WAREHOUSE, End.ARCHIVE}) {
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
        String address = kafka.bootstrapServers(BrokerListener.BEHIND_PROXY);
        int colon = address.lastIndexOf(':');
        ways.get(End.KAFKA)
                .to(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        ways.get(End.PULSAR).to(pulsar.host(), pulsar.proxiedPort());
    }

    private Database startPostgres() {
        PostgresServer server =
                PostgresServer.builder().parameter("shared_buffers", "64MB").start();
        running.add(server);
        return server.createDatabase("bench");
    }

    /** The way on which the job comes. */
    TcpProxy way(End end) {
        return ways.get(end);
    }

    /** The database of one of the PostgreSQL servers. */
    Database database(End end) {
        return databases.get(end);
    }

    /** Whether this end is a database. */
    boolean isDatabase(End end) {
        return databases.containsKey(end);
    }

    /** What one mapping has sent to its bus, to be read from the beginning. */
    Bus bus(Mapping mapping) throws IOException {
        return switch (mapping.destination()) {
            case KAFKA -> new KafkaTopic(kafka.bootstrapServers(), mapping.table());
            case PULSAR ->
                    new PulsarTopic(
                            pulsar.serviceUrl(), "persistent://public/default/" + mapping.table());
            case REDIS -> new RedisStream(redis.host(), redis.port(), mapping.table());
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
