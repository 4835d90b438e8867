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
     * Starts all four in parallel and returns when each accepts clients.
     *
     * @param directory for the data of PostgreSQL; the others use temporary directories
     * @throws com.evolvishub.cdc.testing.process.ServerUnavailableException if a server does not
     *     start; then the others are stopped
     */
    public static EventServers start(Path directory) {
        CompletableFuture<PulsarServer> pulsar =
                CompletableFuture.supplyAsync(PulsarServer.builder()::start);
        CompletableFuture<KafkaServer> kafka =
                CompletableFuture.supplyAsync(KafkaServer.builder().outlivesShutdownHooks()::start);
        CompletableFuture<RedisServer> redis =
                CompletableFuture.supplyAsync(RedisServer.builder()::start);
        CompletableFuture<PostgresServer> postgres =
                CompletableFuture.supplyAsync(
                        PostgresServer.builder()
                                        .dataDirectory(directory.resolve("postgresql"))
                                        .parameter("shared_buffers", "128MB")
                                        .outlivesShutdownHooks()
                                ::start);
        try {
            return new EventServers(postgres.join(), kafka.join(), pulsar.join(), redis.join());
        } catch (CompletionException e) {
            pulsar.thenAccept(PulsarServer::close).exceptionally(sameFailure -> null).join();
            kafka.thenAccept(KafkaServer::close).exceptionally(sameFailure -> null).join();
            redis.thenAccept(RedisServer::close).exceptionally(sameFailure -> null).join();
            postgres.thenAccept(PostgresServer::close).exceptionally(sameFailure -> null).join();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The variables that the example file references. */
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

    /** A reader of a mapping's topic, from its beginning. */
    public MessageReader bus(EventMapping mapping) throws IOException {
        if (mapping.isLike(EventMapping.ORDERS)) {
            return new KafkaTopicReader(kafka.bootstrapServers(), mapping.topic());
        }
        return mapping.isLike(EventMapping.CUSTOMERS)
                ? new PulsarTopicReader(
                        pulsar.serviceUrl(), "persistent://public/default/" + mapping.topic())
                : new RedisStreamReader(redis.host(), redis.port(), mapping.topic());
    }

    /** The shell command that reads a mapping's topic with the broker's own tools. */
    String command(EventMapping mapping) {
        if (mapping.equals(EventMapping.ORDERS)) {
            return "kafka-console-consumer.sh --bootstrap-server "
                    + kafka.bootstrapServers()
                    + " --topic order_events --from-beginning --isolation-level read_committed"
                    + " --property print.key=true --property print.headers=true";
        }
        return mapping.equals(EventMapping.CUSTOMERS)
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
            // closes every server, even if closing another fails
        }
    }
}
