package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says how to start a {@link KafkaServer}. Without a word it listens on free ports, keeps its data
 * in a temporary folder, makes no topic by itself and asks nobody for a login. Immutable.
 */
public final class KafkaServerBuilder {
    private final KafkaSettings settings;

    KafkaServerBuilder(KafkaSettings settings) {
        this.settings = settings;
    }

    /** Any setting of the broker, as in its server.properties. */
    public KafkaServerBuilder parameter(String name, String value) {
        return new KafkaServerBuilder(settings.with(name, value));
    }

    /**
     * Lets this user log in by PLAIN and SCRAM. With the first user the broker looks at access
     * lists: whoever logs in may do only what they say.
     */
    public KafkaServerBuilder user(String name, String password) {
        return new KafkaServerBuilder(settings.withUser(name, password));
    }

    /** Keeps the data in this folder and goes on from what stands there. */
    public KafkaServerBuilder dataDirectory(Path folder) {
        return new KafkaServerBuilder(
                new KafkaSettings(
                        settings.parameters(),
                        settings.users(),
                        Optional.of(folder),
                        settings.port(),
                        settings.proxy(),
                        settings.stopsWithJvm()));
    }

    /** Listens for clients without login on this port and on no other. */
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
     * Has one more listener, {@link KafkaListener#BEHIND_PROXY}, whose clients are sent to the
     * beginning of this way. The way is to lead there once the broker runs.
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

    /** Leaves the stopping to the caller when the JVM ends in good order. */
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
     * Starts the broker and returns when it takes clients; some seconds.
     *
     * @throws ServerUnavailableException if there is no program, or it does not start
     */
    public KafkaServer start() {
        return KafkaServer.start(settings);
    }
}
