package com.evolvishub.cdc.playground.road;

import com.evolvishub.cdc.playground.events.EventServers;
import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.PostgresServer;
import com.evolvishub.cdc.servers.RedisServer;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
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
        Availability.require(SharedEventServers::get);
    }
}
