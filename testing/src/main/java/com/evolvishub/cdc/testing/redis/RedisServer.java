package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Redis server on 127.0.0.1, running until {@link #close}. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final RedisServer REDIS = RedisServer.shared();
 * </pre>
 *
 * <p>The program comes from Maven (Redis 6.2), else from the PATH. Where none is available, tests
 * are skipped with the reason, or fail with it under {@code -Dservers.required=true}. Tests that
 * share a server use different stream names.
 *
 * <p>Thread-safe.
 */
public final class RedisServer implements AutoCloseable, BeforeAllCallback {
    private static final RedisServer SHARED = new RedisServer(RedisSettings.DEFAULTS);

    private RedisSettings settings;
    private Path home;
    private RedisProcess process;

    private RedisServer(RedisSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns the shared server of this JVM, started on first use and stopped when the JVM exits.
     * {@link #close} does not stop it.
     */
    public static RedisServer shared() {
        return SHARED;
    }

    /** Builds a separate server with its own settings. */
    public static RedisServerBuilder builder() {
        return new RedisServerBuilder(RedisSettings.DEFAULTS);
    }

    /**
     * Starts one sentinel that monitors one primary and promotes a replica after the primary has
     * not responded for a minute. The limit is long, so that a busy machine that stalls for seconds
     * causes no failover. A test that kills the primary shortens it by {@code SENTINEL SET main
     * down-after-milliseconds 1000}.
     *
     * @param name of the primary
     */
    public static RedisServer sentinelOf(String name, RedisServer primary) {
        return start(
                RedisSettings.sentinel(
                        List.of(
                                "sentinel monitor %s %s %d 1"
                                        .formatted(name, primary.host(), primary.port()),
                                "sentinel down-after-milliseconds " + name + " 60000",
                                "sentinel failover-timeout " + name + " 3000")));
    }

    static RedisServer start(RedisSettings settings) {
        RedisServer server = new RedisServer(settings);
        server.running();
        return server;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return running().port();
    }

    /** The process id of the server; kill it to crash the server. */
    public long pid() {
        return running().pid();
    }

    /** The log of the server since its last start. */
    public Path logFile() {
        return running().log();
    }

    /**
     * Runs one command and returns the response as text: an array as one line per element, nil as
     * the empty string. Does not work with TLS.
     *
     * @throws IllegalStateException if the server returns an error or does not respond
     */
    public String command(String... words) {
        try (RedisProtocolClient client = new RedisProtocolClient(host(), port())) {
            if (!settings.password().isEmpty()) {
                client.call("AUTH", settings.password());
            }
            return client.call(words);
        } catch (IOException e) {
            throw new IllegalStateException(words[0] + ": " + e.getMessage(), e);
        }
    }

    /** Kills the server as in a crash; port and data are kept for {@link #restart}. */
    public synchronized void kill() {
        running().kill();
    }

    /** Starts a stopped server again, on the same port and with the same data. */
    public synchronized void restart() {
        process = RedisProcess.start(RedisProgram.find(), settings, home);
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
            process.kill();
        }
        process = null;
        try {
            if (settings.data().isEmpty()) {
                TestDirectories.delete(home);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(this::running);
    }

    private synchronized RedisProcess running() {
        if (process == null) {
            if (home != null) {
                throw new IllegalStateException("the server was stopped");
            }
            startFirst();
        }
        return process;
    }

    private void startFirst() {
        RedisProgram program = RedisProgram.find();
        try {
            home =
                    settings.data().isPresent()
                            ? Files.createDirectories(settings.data().get().toAbsolutePath())
                            : TestDirectories.temporary("evolvishub-cdc-redis-");
            process = RedisProcess.start(program, settings, home);
        } catch (IOException e) {
            throw new ServerUnavailableException("Redis does not start: " + e.getMessage(), e);
        } catch (ServerUnavailableException e) {
            deleteTemporary(e);
            throw e;
        }
        settings = settings.at(process.port());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-redis"));
    }

    private void deleteTemporary(ServerUnavailableException failure) {
        try {
            if (settings.data().isEmpty()) {
                TestDirectories.delete(home);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
