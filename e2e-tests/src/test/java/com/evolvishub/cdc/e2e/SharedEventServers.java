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
 * The servers of all event buses, started on first use and stopped at the JVM's end: four starts
 * for each test would be most of its work. Tests use topics of their own names.
 */
final class SharedEventServers implements BeforeAllCallback {
    private static EventServers started;

    /** All four. */
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
