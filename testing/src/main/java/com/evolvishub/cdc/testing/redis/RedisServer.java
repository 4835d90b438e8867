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
 * A Redis server on 127.0.0.1, for as long as it is wanted. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final RedisServer REDIS = RedisServer.shared();
 * </pre>
 *
 * <p>The program comes from Maven (Redis 6.2), else from the PATH. Where none can be had, tests are
 * skipped with the reason, or fail with it under {@code -Dservers.required=true}. Tests that share
 * a server use streams of their own names.
 *
 * <p>Safe for use by several threads.
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
     * The one server of this JVM, started on first use and stopped at the JVM's end. {@link #close}
     * leaves it running.
     */
    public static RedisServer shared() {
        return SHARED;
    }

    /** A server of its own, with settings of its own. */
    public static RedisServerBuilder builder() {
        return new RedisServerBuilder(RedisSettings.DEFAULTS);
    }

    /**
     * A sentinel that watches one primary alone, and makes a replica of it the primary once it has
     * not answered for a minute: a machine that stands still for seconds is no outage. A test that
     * kills the primary shortens that by {@code SENTINEL SET main down-after-milliseconds 1000}.
     *
     * @param name what the primary is called
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

    /** What the server wrote to its log since it was started last. */
    public Path logFile() {
        return running().log();
    }

    /**
     * Runs one command and gives the answer as text: an array as one line for each part, nil as
     * nothing. Not for a server that speaks TLS.
     *
     * @throws IllegalStateException if the server answers with an error, or not at all
     */
    public String command(String... words) {
        try (RedisProtocolClient wire = new RedisProtocolClient(host(), port())) {
            if (!settings.password().isEmpty()) {
                wire.call("AUTH", settings.password());
            }
            return wire.call(words);
        } catch (IOException e) {
            throw new IllegalStateException(words[0] + ": " + e.getMessage(), e);
        }
    }

    /** Ends the server as a crash would; port and data stay for {@link #restart}. */
    public synchronized void kill() {
        running().kill();
    }

    /** Starts a server that has ended on the same port and with the same data. */
    public synchronized void restart() {
        process = RedisProcess.start(RedisProgram.find(), settings, home);
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
