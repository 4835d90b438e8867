package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;

/**
 * Says how to start a {@link PulsarServer}. Without a word it listens on free ports, asks nobody
 * who he is, and keeps its data in a temporary folder. Immutable.
 */
public final class PulsarServerBuilder {
    private final PulsarSettings settings;

    PulsarServerBuilder(PulsarSettings settings) {
        this.settings = settings;
    }

    /** Any setting of a broker, as {@code broker.conf} takes it. */
    public PulsarServerBuilder parameter(String name, String value) {
        return new PulsarServerBuilder(settings.with(name, value));
    }

    /** Drops messages whose sequence id it has already seen, in every topic. */
    public PulsarServerBuilder deduplicates() {
        return parameter("brokerDeduplicationEnabled", "true");
    }

    /** Asks everybody for a token of {@link PulsarServer#token}. */
    public PulsarServerBuilder withTokens() {
        return new PulsarServerBuilder(settings.askingForTokens());
    }

    /** Listens for TLS too. */
    public PulsarServerBuilder withTls() {
        return new PulsarServerBuilder(settings.speakingTls());
    }

    /**
     * Has one more port, {@link PulsarServer#proxiedPort}, whose clients are sent to the beginning
     * of this way. The way is to lead there once the broker runs.
     */
    public PulsarServerBuilder behindProxy(TcpProxy proxy) {
        return new PulsarServerBuilder(settings.behind(proxy.port()));
    }

    /** Keeps the data in this folder. */
    public PulsarServerBuilder dataDirectory(Path folder) {
        return new PulsarServerBuilder(settings.keptIn(folder));
    }

    /**
     * Starts the server and returns when it takes clients; some ten seconds.
     *
     * @throws ServerUnavailableException if there is no program, or it does not start
     */
    public PulsarServer start() {
        return PulsarServer.start(settings);
    }
}
