package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The four servers of one quickstart. */
public record EventServers(
        PostgresServer postgres, KafkaServer kafka, PulsarServer pulsar, RedisServer redis)
        implements AutoCloseable {

    /**
     * Starts all four, side by side, and returns when each takes clients.
     *
     * @param folder for the data of PostgreSQL; the others have temporary ones
     * @throws com.evolvishub.cdc.testing.process.ServerUnavailableException if one does not start;
     *     then none is left
     */
    public static EventServers start(Path folder) {
        CompletableFuture<PulsarServer> pulsar =
                CompletableFuture.supplyAsync(PulsarServer.builder()::start);
        CompletableFuture<KafkaServer> kafka =
                CompletableFuture.supplyAsync(KafkaServer.builder().outlivesShutdownHooks()::start);
        CompletableFuture<RedisServer> redis =
                CompletableFuture.supplyAsync(RedisServer.builder()::start);
        CompletableFuture<PostgresServer> postgres =
                CompletableFuture.supplyAsync(
                        PostgresServer.builder()
                                        .dataDirectory(folder.resolve("postgresql"))
                                        .parameter("shared_buffers", "128MB")
                                        .outlivesShutdownHooks()
                                ::start);
        try {
            return new EventServers(postgres.join(), kafka.join(), pulsar.join(), redis.join());
        } catch (CompletionException e) {
            pulsar.thenAccept(PulsarServer::close).exceptionally(alike -> null).join();
            kafka.thenAccept(KafkaServer::close).exceptionally(alike -> null).join();
            redis.thenAccept(RedisServer::close).exceptionally(alike -> null).join();
            postgres.thenAccept(PostgresServer::close).exceptionally(alike -> null).join();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** What the example file leaves open. */
    public Map<String, String> addresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("CDC_SOURCE_HOST", postgres.host());
        addresses.put("CDC_SOURCE_PORT", Integer.toString(postgres.port()));
        addresses.put("CDC_SOURCE_USERNAME", postgres.user());
        addresses.put("CDC_SOURCE_PASSWORD", postgres.password());
        String kafkaAddress = kafka.bootstrapServers();
        int colon = kafkaAddress.lastIndexOf(':');
        addresses.put("CDC_KAFKA_HOST", kafkaAddress.substring(0, colon));
        addresses.put("CDC_KAFKA_PORT", kafkaAddress.substring(colon + 1));
        addresses.put("CDC_PULSAR_HOST", pulsar.host());
        addresses.put("CDC_PULSAR_PORT", Integer.toString(pulsar.port()));
        addresses.put("CDC_REDIS_HOST", redis.host());
        addresses.put("CDC_REDIS_PORT", Integer.toString(redis.port()));
        return addresses;
    }

    /** The topic of a mapping, to be read from its beginning. */
    public MessageReader bus(EventMapping route) throws IOException {
        if (route.isLike(EventMapping.ORDERS)) {
            return new KafkaTopicReader(kafka.bootstrapServers(), route.topic());
        }
        return route.isLike(EventMapping.CUSTOMERS)
                ? new PulsarTopicReader(
                        pulsar.serviceUrl(), "persistent://public/default/" + route.topic())
                : new RedisStreamReader(redis.host(), redis.port(), route.topic());
    }

    /** How to look at the topic of a mapping with the tools of its bus. */
    String command(EventMapping route) {
        if (route.equals(EventMapping.ORDERS)) {
            return "kafka-console-consumer.sh --bootstrap-server "
                    + kafka.bootstrapServers()
                    + " --topic order_events --from-beginning --isolation-level read_committed"
                    + " --property print.key=true --property print.headers=true";
        }
        return route.equals(EventMapping.CUSTOMERS)
                ? "pulsar-client --url "
                        + pulsar.serviceUrl()
                        + " consume persistent://public/default/customer_events -s look -p Earliest -n 0"
                : "redis-cli -p " + redis.port() + " XRANGE product_updates - + COUNT 10";
    }

    @Override
    public void close() {
        try (postgres;
                kafka;
                pulsar;
                redis) {
            // each is closed, also when another cannot be
        }
    }
}
