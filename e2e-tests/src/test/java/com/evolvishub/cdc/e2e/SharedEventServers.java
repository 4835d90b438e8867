package com.evolvishub.cdc.e2e;

import com.evolvishub.cdc.quickstart.events.EventServers;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The servers of all message brokers, started on first use and stopped at the JVM's end, because
 * starting four servers for each test takes too long. Each test uses its own topic names.
 */
final class SharedEventServers implements BeforeAllCallback {
    private static EventServers started;

    /** All four servers. */
    static synchronized EventServers get() {
        if (started == null) {
            started =
                    new EventServers(
                            PostgresServer.shared(),
                            KafkaServer.shared(),
                            PulsarServer.builder()
                                    .parameter("transactionCoordinatorEnabled", "true")
                                    .start(),
                            RedisServer.shared());
        }
        return started;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(SharedEventServers::get);
    }
}
