package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.process.ChildProcess;
import com.evolvishub.cdc.testing.process.FreePorts;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running redis-server as a child process of this JVM; it ends with this JVM. */
final class RedisProcess {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final Process process;
    private final int port;
    private final Path log;

    private RedisProcess(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts the server and returns when it accepts connections.
     *
     * @param home directory of configuration, log and data
     */
    static RedisProcess start(RedisProgram program, RedisSettings settings, Path home) {
        int attempts = settings.port() == 0 ? 5 : 1;
        for (int attempt = 1; ; attempt++) {
            RedisProcess started = null;
            try {
                int port = settings.port() == 0 ? FreePorts.find() : settings.port();
                started = spawn(program, settings, home, port);
                started.awaitReady();
                return started;
            } catch (IOException | IllegalStateException e) {
                if (started != null) {
                    started.kill();
                }
                // another process may take a free port before the server does
                if (attempt == attempts || !FreePorts.wereTaken(e)) {
                    throw new ServerUnavailableException(
                            "Redis (%s) does not start: %s"
                                    .formatted(program.origin(), e.getMessage()),
                            e);
                }
            }
        }
    }

    private static RedisProcess spawn(
            RedisProgram program, RedisSettings settings, Path home, int port) throws IOException {
        Path data = Files.createDirectories(home.resolve("data"));
        List<String> lines = new ArrayList<>(settings.lines());
        lines.add("dir \"" + data + "\"");
        lines.add(settings.tls() ? "port 0" : "port " + port);
        if (settings.tls()) {
            lines.add("tls-port " + port);
        }
        // a file, because every user of the machine can read arguments
        Path configuration = home.resolve("redis.conf");
        Files.deleteIfExists(configuration);
        Files.createFile(
                configuration,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(configuration, lines);
        Path log = home.resolve("server.log");
        Files.deleteIfExists(log);
        List<String> command =
                new ArrayList<>(List.of(program.file().toString(), configuration.toString()));
        if (settings.sentinel()) {
            command.add("--sentinel");
        }
        ProcessBuilder builder =
                new ProcessBuilder(ChildProcess.command(command))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        return new RedisProcess(ChildProcess.start(builder, "redis-" + port), port, log);
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!isReady()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("it ended at once; its log says\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not ready after " + START_LIMIT + "; its log says\n" + endOfLog());
            }
            try {
                process.waitFor(5, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Redis was starting", e);
            }
        }
    }

    /**
     * The server logs this line after it has loaded its data; a sentinel, which has no data, logs
     * the other.
     */
    private boolean isReady() throws IOException {
        String output = Files.readString(log, StandardCharsets.UTF_8);
        return output.contains("Ready to accept connections") || output.contains("+monitor master");
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    /** Stops the server by a clean shutdown. */
    void stop() {
        process.destroy();
        if (!ended()) {
            kill();
        }
    }

    /** Kills the server as in a crash. */
    void kill() {
        process.destroyForcibly();
        ended();
    }

    private boolean ended() {
        try {
            return process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
