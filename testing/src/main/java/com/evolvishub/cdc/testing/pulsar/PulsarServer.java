package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.BrokerEndedException;
import com.evolvishub.cdc.testing.broker.BrokerProcess;
import com.evolvishub.cdc.testing.process.DataDirectorySnapshot;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Pulsar broker on 127.0.0.1, running until {@link #close}. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();
 * </pre>
 *
 * <p>The program comes from Maven. Where it is not available, tests are skipped with the reason, or
 * fail with it under {@code -Dservers.required=true}. Tests that share a server use different topic
 * names.
 *
 * <p>Thread-safe.
 */
public final class PulsarServer implements AutoCloseable, BeforeAllCallback {
    private static final PulsarServer SHARED =
            new PulsarServer(PulsarSettings.DEFAULTS, BrokerProcess.Purpose.SERVICE);

    private static final int ATTEMPTS = 3;

    private final PulsarSettings settings;
    private final BrokerProcess.Purpose purpose;
    private final PulsarTokens tokens = PulsarTokens.fresh();
    private PulsarDirectory directory;
    private PulsarPorts ports;
    private BrokerProcess process;

    private PulsarServer(PulsarSettings settings, BrokerProcess.Purpose purpose) {
        this.settings = settings;
        this.purpose = purpose;
    }

    /**
     * Returns the shared server of this JVM, started on first use and stopped when the JVM exits.
     * {@link #close} does not stop it.
     */
    public static PulsarServer shared() {
        return SHARED;
    }

    /** Builds a separate server with its own settings. */
    public static PulsarServerBuilder builder() {
        return new PulsarServerBuilder(PulsarSettings.DEFAULTS);
    }

    static PulsarServer start(PulsarSettings settings) {
        PulsarServer server = new PulsarServer(settings, BrokerProcess.Purpose.SERVICE);
        server.running();
        return server;
    }

    public String host() {
        return "127.0.0.1";
    }

    /** The port for clients. */
    public int port() {
        return started().service();
    }

    /** The port that a proxy must forward clients to. */
    public int proxiedPort() {
        return started().proxied();
    }

    /** {@code pulsar://host:port}. */
    public String serviceUrl() {
        return "pulsar://" + host() + ":" + port();
    }

    /** {@code pulsar+ssl://host:port}; usable only after {@link PulsarServerBuilder#withTls}. */
    public String tlsServiceUrl() {
        return "pulsar+ssl://" + host() + ":" + started().tls();
    }

    /** The certificate that a TLS client must trust, as PEM. */
    public synchronized Path certificate() {
        started();
        return directory.certificates().serverCertificate();
    }

    /** {@code http://host:port} of the admin API. */
    public String adminUrl() {
        return "http://" + host() + ":" + started().admin();
    }

    /**
     * Returns a token for this role. The role {@code admin} may do everything, other roles what was
     * granted to them.
     */
    public String token(String role) {
        return tokens.of(role);
    }

    /**
     * Calls the admin API as administrator and returns the body of the response.
     *
     * @param path starting with {@code /admin}
     * @param json the body; empty: none
     * @throws IllegalStateException if the status code is not a success
     */
    public String admin(String method, String path, String json) {
        started();
        return adminApi().call(method, path, json);
    }

    /** The process id of the broker; kill it to crash the server. */
    public synchronized long pid() {
        return running().pid();
    }

    /** The log of the broker since its last start. */
    public synchronized Path logFile() {
        started();
        return directory.log();
    }

    /** Copies the broker's current files; the copy can be restored after {@link #kill}. */
    public synchronized DataDirectorySnapshot copy() {
        return DataDirectorySnapshot.of(directory(), running().pid());
    }

    private Path directory() {
        started();
        return directory.home();
    }

    /** Kills the server as in a crash; ports and data are kept for {@link #restart}. */
    public synchronized void kill() {
        running().kill();
    }

    /** Starts a stopped server again, on the same ports and with the same data. */
    public synchronized void restart() {
        for (int attempt = 1; ; attempt++) {
            try {
                process =
                        PulsarProcess.start(
                                directory,
                                ports,
                                settings,
                                adminApi(),
                                BrokerProcess.Purpose.SERVICE);
                return;
            } catch (IOException | BrokerEndedException e) {
                if (!isRetried(attempt, e)) {
                    throw unavailable(e);
                }
            }
        }
    }

    /** Stops the server, and deletes its data if it is temporary. A second call does nothing. */
    @Override
    public void close() {
        if (this != SHARED) {
            stop();
        }
    }

    private synchronized void stop() {
        if (process == null) {
            return;
        }
        if (settings.data().isPresent()) {
            process.stop();
        } else {
            process.discard();
        }
        process = null;
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(this::running);
    }

    private synchronized PulsarPorts started() {
        running();
        return ports;
    }

    private synchronized PulsarAdminApi adminApi() {
        return new PulsarAdminApi(
                "http://" + host() + ":" + ports.admin(),
                settings.tokens() ? Optional.of(tokens.of(PulsarTokens.ADMIN)) : Optional.empty());
    }

    private synchronized BrokerProcess running() {
        if (process == null) {
            if (ports != null) {
                throw new IllegalStateException("the server was stopped");
            }
            startFirst();
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-pulsar"));
        }
        return process;
    }

    private void startFirst() {
        for (int attempt = 1; process == null; attempt++) {
            try {
                rehearse();
                directory = PulsarDirectory.at(settings.data());
                ports = PulsarPorts.free();
                directory.write(settings, ports, tokens);
                process = PulsarProcess.start(directory, ports, settings, adminApi(), purpose);
            } catch (IOException | RuntimeException e) {
                ServerUnavailableException failure = unavailable(e);
                closeDirectory(failure);
                ports = null;
                if (!isRetried(attempt, e)) {
                    throw failure;
                }
            }
        }
    }

    private void rehearse() throws IOException {
        if (purpose == BrokerProcess.Purpose.SERVICE && PulsarProcess.lacksArchive()) {
            PulsarServer rehearsal =
                    new PulsarServer(PulsarSettings.DEFAULTS, BrokerProcess.Purpose.REHEARSAL);
            rehearsal.running();
            rehearsal.close();
        }
    }

    private void closeDirectory(ServerUnavailableException failure) {
        try {
            if (directory != null) {
                directory.close();
            }
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
    }

    /** Whether another attempt may help; reports the failure then. */
    private static boolean isRetried(int attempt, Exception failure) {
        boolean retried = attempt < ATTEMPTS && failure instanceof BrokerEndedException;
        if (retried) {
            System.err.println("once more: " + failure.getMessage());
        }
        return retried;
    }

    private static ServerUnavailableException unavailable(Exception e) {
        return e instanceof ServerUnavailableException known
                ? known
                : new ServerUnavailableException("Pulsar does not start: " + e.getMessage(), e);
    }
}
