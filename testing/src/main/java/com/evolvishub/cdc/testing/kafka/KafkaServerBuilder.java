package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings to start a {@link KafkaServer}. By default it listens on free ports, keeps its data in a
 * temporary directory, does not create topics automatically and requires no login. Immutable.
 */
public final class KafkaServerBuilder {
    private final KafkaSettings settings;

    KafkaServerBuilder(KafkaSettings settings) {
        this.settings = settings;
    }

    /** Sets a broker setting, as in server.properties. */
    public KafkaServerBuilder parameter(String name, String value) {
        return new KafkaServerBuilder(settings.with(name, value));
    }

    /**
     * Adds a user who can log in by PLAIN and SCRAM. With at least one user the broker enforces
     * ACLs: a user may do only what the ACLs allow.
     */
    public KafkaServerBuilder user(String name, String password) {
        return new KafkaServerBuilder(settings.withUser(name, password));
    }

    /** Keeps the data in this directory; existing data is used. */
    public KafkaServerBuilder dataDirectory(Path directory) {
        return new KafkaServerBuilder(
                new KafkaSettings(
                        settings.parameters(),
                        settings.users(),
                        Optional.of(directory),
                        settings.port(),
                        settings.proxy(),
                        settings.stopsWithJvm()));
    }

    /** Sets the port of the listener without login. */
    public KafkaServerBuilder port(int port) {
        return new KafkaServerBuilder(
                new KafkaSettings(
                        settings.parameters(),
                        settings.users(),
                        settings.data(),
                        port,
                        settings.proxy(),
                        settings.stopsWithJvm()));
    }

    /**
     * Adds a listener, {@link KafkaListener#BEHIND_PROXY}, that advertises the address of this
     * proxy. The caller points the proxy to the listener after the start.
     */
    public KafkaServerBuilder behindProxy(TcpProxy proxy) {
        return new KafkaServerBuilder(
                new KafkaSettings(
                        settings.parameters(),
                        settings.users(),
                        settings.data(),
                        settings.port(),
                        proxy.port(),
                        settings.stopsWithJvm()));
    }

    /** Does not stop the broker in a shutdown hook: the caller stops it. */
    public KafkaServerBuilder outlivesShutdownHooks() {
        return new KafkaServerBuilder(
                new KafkaSettings(
                        settings.parameters(),
                        settings.users(),
                        settings.data(),
                        settings.port(),
                        settings.proxy(),
                        false));
    }

    /**
     * Starts the broker and returns when it accepts clients, after some seconds.
     *
     * @throws ServerUnavailableException if no program is found or the broker does not start
     */
    public KafkaServer start() {
        return KafkaServer.start(settings);
    }
}
