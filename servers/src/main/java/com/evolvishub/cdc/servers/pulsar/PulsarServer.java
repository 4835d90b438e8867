package com.evolvishub.cdc.servers.pulsar;

import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.FrozenCopy;
import com.evolvishub.cdc.servers.ServerUnavailableException;
import com.evolvishub.cdc.servers.broker.BrokerEndedException;
import com.evolvishub.cdc.servers.broker.BrokerJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Pulsar broker on 127.0.0.1, for as long as it is wanted. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();
 * </pre>
 *
 * <p>The program comes from Maven. Where it cannot be had, tests are skipped with the reason, or
 * fail with it under {@code -Dservers.required=true}. Tests that share a server use topics of their
 * own names.
 *
 * <p>Safe for use by several threads.
 */
public final class PulsarServer implements AutoCloseable, BeforeAllCallback {
    private static final PulsarServer SHARED =
            new PulsarServer(PulsarSettings.DEFAULTS, BrokerJvm.Purpose.SERVICE);

    private static final int ATTEMPTS = 3;

    private final PulsarSettings settings;
    private final BrokerJvm.Purpose purpose;
    private final PulsarTokens tokens = PulsarTokens.fresh();
    private PulsarFolder folder;
    private PulsarPorts ports;
    private BrokerJvm process;

    private PulsarServer(PulsarSettings settings, BrokerJvm.Purpose purpose) {
        this.settings = settings;
        this.purpose = purpose;
    }

    /**
     * The one server of this JVM, started on first use and stopped at the JVM's end. {@link #close}
     * leaves it running.
     */
    public static PulsarServer shared() {
        return SHARED;
    }

    /** A server of its own, with settings of its own. */
    public static PulsarServerBuilder builder() {
        return new PulsarServerBuilder(PulsarSettings.DEFAULTS);
    }

    static PulsarServer start(PulsarSettings settings) {
        PulsarServer server = new PulsarServer(settings, BrokerJvm.Purpose.SERVICE);
        server.running();
        return server;
    }

    public String host() {
        return "127.0.0.1";
    }

    /** Where clients find it. */
    public int port() {
        return started().service();
    }

    /** Where clients are to arrive that come over a proxy. */
    public int proxiedPort() {
        return started().proxied();
    }

    /** {@code pulsar://host:port}. */
    public String serviceUrl() {
        return "pulsar://" + host() + ":" + port();
    }

    /** {@code pulsar+ssl://host:port}; somebody listens there if the server was told to. */
    public String tlsServiceUrl() {
        return "pulsar+ssl://" + host() + ":" + started().tls();
    }

    /** What a TLS client has to trust, as PEM. */
    public synchronized Path certificate() {
        started();
        return folder.certificates().serverCertificate();
    }

    /** {@code http://host:port} of the admin API. */
    public String adminUrl() {
        return "http://" + host() + ":" + started().admin();
    }

    /**
     * A token for this role; the role {@code admin} may do everything, others what they are let.
     */
    public String token(String role) {
        return tokens.of(role);
    }

    /**
     * Asks the admin API as administrator, and gives the answer's text.
     *
     * @param path from {@code /admin} on
     * @param json the body; empty: none
     * @throws IllegalStateException if the answer is not one of success
     */
    public String admin(String method, String path, String json) {
        started();
        return adminApi().call(method, path, json);
    }

    /** The process id of the broker; kill it to crash the server. */
    public synchronized long pid() {
        return running().pid();
    }

    /** What the broker wrote to its log since it was started last. */
    public synchronized Path logFile() {
        started();
        return folder.log();
    }

    /** Keeps all that it has on disk now; to be put back after {@link #kill}. */
    public synchronized FrozenCopy copy() {
        return FrozenCopy.of(folder(), running().pid());
    }

    private Path folder() {
        started();
        return folder.home();
    }

    /** Ends the server as a crash would; ports and data stay for {@link #startAgain}. */
    public synchronized void kill() {
        running().kill();
    }

    /** Starts a server that has ended on the same ports and with the same data. */
    public synchronized void startAgain() {
        for (int attempt = 1; ; attempt++) {
            try {
                process =
                        PulsarProcess.start(
                                folder, ports, settings, adminApi(), BrokerJvm.Purpose.SERVICE);
                return;
            } catch (IOException | BrokerEndedException e) {
                if (attempt == ATTEMPTS || !(e instanceof BrokerEndedException)) {
                    throw unavailable(e);
                }
                System.err.println("once more: " + e.getMessage());
            }
        }
    }

    /** Stops the server, and deletes its data if they are temporary. A second call does nothing. */
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
            folder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Availability.require(this::running);
    }

    private synchronized PulsarPorts started() {
        running();
        return ports;
    }

    private synchronized PulsarAdmin adminApi() {
        return new PulsarAdmin(
                "http://" + host() + ":" + ports.admin(),
                settings.tokens() ? Optional.of(tokens.of(PulsarTokens.ADMIN)) : Optional.empty());
    }

    private synchronized BrokerJvm running() {
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
                folder = PulsarFolder.at(settings.data());
                ports = PulsarPorts.free();
                folder.write(settings, ports, tokens);
                process = PulsarProcess.start(folder, ports, settings, adminApi(), purpose);
            } catch (IOException | RuntimeException e) {
                ServerUnavailableException failure = unavailable(e);
                closeFolder(failure);
                ports = null;
                if (attempt == ATTEMPTS || !(e instanceof BrokerEndedException)) {
                    throw failure;
                }
                System.err.println("once more: " + e.getMessage());
            }
        }
    }

    private void rehearse() throws IOException {
        if (purpose == BrokerJvm.Purpose.SERVICE && PulsarProcess.lacksArchive()) {
            PulsarServer rehearsal =
                    new PulsarServer(PulsarSettings.DEFAULTS, BrokerJvm.Purpose.REHEARSAL);
            rehearsal.running();
            rehearsal.close();
        }
    }

    private void closeFolder(ServerUnavailableException failure) {
        try {
            if (folder != null) {
                folder.close();
            }
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
    }

    private static ServerUnavailableException unavailable(Exception e) {
        return e instanceof ServerUnavailableException known
                ? known
                : new ServerUnavailableException("Pulsar does not start: " + e.getMessage(), e);
    }
}
