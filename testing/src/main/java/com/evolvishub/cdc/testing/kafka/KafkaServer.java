package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.broker.BrokerCertificates;
import com.evolvishub.cdc.testing.broker.BrokerEndedException;
import com.evolvishub.cdc.testing.broker.BrokerProcess;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An Apache Kafka broker on 127.0.0.1, running until {@link #close}: one node that is its own
 * controller, in its own JVM. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();
 * </pre>
 *
 * <p>Where no broker is available, tests are skipped with the reason, or fail with it under {@code
 * -Dservers.required=true}. Tests that share a broker use different topic names. Thread-safe.
 */
public final class KafkaServer implements AutoCloseable, BeforeAllCallback {
    private static final KafkaServer SHARED =
            new KafkaServer(KafkaSettings.DEFAULTS, BrokerProcess.Purpose.SERVICE);

    private static final int ATTEMPTS = 3;

    private final KafkaSettings settings;
    private final BrokerProcess.Purpose purpose;
    private KafkaDirectory directory;
    private KafkaPorts ports;
    private BrokerProcess process;

    private KafkaServer(KafkaSettings settings, BrokerProcess.Purpose purpose) {
        this.settings = settings;
        this.purpose = purpose;
    }

    /**
     * Returns the shared broker of this JVM, started on first use and stopped when the JVM exits.
     * {@link #close} does not stop it.
     */
    public static KafkaServer shared() {
        return SHARED;
    }

    /** Builds a separate broker with its own settings. */
    public static KafkaServerBuilder builder() {
        return new KafkaServerBuilder(KafkaSettings.DEFAULTS);
    }

    static KafkaServer start(KafkaSettings settings) {
        KafkaServer server = new KafkaServer(settings, BrokerProcess.Purpose.SERVICE);
        server.start();
        return server;
    }

    /** The address of the listener without login, for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers(KafkaListener.PLAIN);
    }

    /** The address of this listener, for {@code bootstrap.servers}. */
    public synchronized String bootstrapServers(KafkaListener listener) {
        start();
        return ports.address(listener);
    }

    /** The certificate that a client must trust, as PEM. */
    public Path certificate() {
        return tls().serverCertificate();
    }

    /** A client certificate that the broker trusts ({@code CN=client}), as PEM. */
    public Path clientCertificate() {
        return tls().clientCertificate();
    }

    /** The private key of the client certificate, as PEM. */
    public Path clientKey() {
        return tls().clientKey();
    }

    private synchronized BrokerCertificates tls() {
        start();
        return directory.tls();
    }

    /** The broker's process id; kill it to crash the broker. */
    public synchronized long pid() {
        start();
        return process.pid();
    }

    /** The log of the broker since its start. */
    public synchronized Path logFile() {
        start();
        return directory.log();
    }

    /** Copies the broker's current files; the copy can be restored after {@link #kill}. */
    public synchronized DataDirectorySnapshot copy() {
        start();
        return DataDirectorySnapshot.of(directory.home(), process.pid());
    }

    /** Kills the broker as in a crash; {@link #restart} starts it again with the same data. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Starts the broker again after {@link #kill}, with the same addresses and data. */
    public void restart() {
        start();
    }

    /** Stops the broker, and deletes its data if it is temporary. */
    @Override
    public void close() {
        if (this != SHARED) {
            stop();
        }
    }

    private synchronized void stop() {
        if (process != null) {
            if (directory.isTemporary()) {
                process.discard();
            } else {
                process.stop();
            }
            process = null;
        }
        if (directory != null) {
            try {
                directory.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            directory = null;
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(this::start);
    }

    private void rehearse() throws IOException {
        if (purpose == BrokerProcess.Purpose.SERVICE && KafkaProcess.lacksArchive()) {
            KafkaServer rehearsal =
                    new KafkaServer(KafkaSettings.DEFAULTS, BrokerProcess.Purpose.REHEARSAL);
            rehearsal.start();
            rehearsal.close();
        }
    }

    private synchronized void start() {
        if (process != null) {
            return;
        }
        boolean first = directory == null;
        for (int attempt = 1; process == null; attempt++) {
            try {
                if (directory == null) {
                    rehearse();
                    directory = KafkaDirectory.at(settings.data());
                    ports = KafkaPorts.free(settings.port());
                    directory.write(settings, ports);
                }
                process = KafkaProcess.start(directory, purpose);
            } catch (IOException | ServerUnavailableException e) {
                if (first) {
                    stop();
                }
                if (attempt == ATTEMPTS || !first || !(e instanceof BrokerEndedException)) {
                    throw new ServerUnavailableException(
                            "Kafka does not start: " + e.getMessage(), e);
                }
                System.err.println("once more: " + e.getMessage());
            }
        }
        if (first && settings.stopsWithJvm()) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-kafka"));
        }
    }
}
