package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;

/**
 * Settings to start a {@link PulsarServer}. By default it listens on free ports, requires no login,
 * and keeps its data in a temporary directory. Immutable.
 */
public final class PulsarServerBuilder {
    private final PulsarSettings settings;

    PulsarServerBuilder(PulsarSettings settings) {
        this.settings = settings;
    }

    /** Sets a broker setting, as in {@code broker.conf}. */
    public PulsarServerBuilder parameter(String name, String value) {
        return new PulsarServerBuilder(settings.with(name, value));
    }

    /** Enables deduplication: a topic drops messages whose sequence id it has already received. */
    public PulsarServerBuilder deduplicates() {
        return parameter("brokerDeduplicationEnabled", "true");
    }

    /** Requires a token from {@link PulsarServer#token}. */
    public PulsarServerBuilder withTokens() {
        return new PulsarServerBuilder(settings.askingForTokens());
    }

    /** Adds a TLS port. */
    public PulsarServerBuilder withTls() {
        return new PulsarServerBuilder(settings.speakingTls());
    }

    /**
     * Adds a port, {@link PulsarServer#proxiedPort}, for which the broker advertises the address of
     * this proxy. The caller points the proxy to the port after the start.
     */
    public PulsarServerBuilder behindProxy(TcpProxy proxy) {
        return new PulsarServerBuilder(settings.behind(proxy.port()));
    }

    /** Keeps the data in this directory. */
    public PulsarServerBuilder dataDirectory(Path directory) {
        return new PulsarServerBuilder(settings.keptIn(directory));
    }

    /**
     * Starts the server and returns when it accepts clients, after about ten seconds.
     *
     * @throws ServerUnavailableException if no program is found or the server does not start
     */
    public PulsarServer start() {
        return PulsarServer.start(settings);
    }
}
