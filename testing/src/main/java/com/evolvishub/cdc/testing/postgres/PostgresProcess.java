package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ChildProcess;
import com.evolvishub.cdc.testing.process.FreePorts;
import com.evolvishub.cdc.testing.process.OsUser;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running postgres as a child process of this JVM; it ends with this JVM. */
final class PostgresProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final Process process;
    private final PostgresDataDirectory data;
    private final int port;
    private final Path log;

    private PostgresProcess(Process process, PostgresDataDirectory data, int port, Path log) {
        this.process = process;
        this.data = data;
        this.port = port;
        this.log = log;
    }

    /** Starts the server and returns when it accepts connections. */
    static PostgresProcess start(
            PostgresProgram program, PostgresDataDirectory data, PostgresSettings settings) {
        int attempts = settings.port() == 0 ? 5 : 1;
        for (int attempt = 1; ; attempt++) {
            PostgresProcess started = null;
            try {
                int port = settings.port() == 0 ? FreePorts.find() : settings.port();
                started = spawn(program, data, settings, port);
                started.awaitReady();
                return started;
            } catch (IOException | IllegalStateException e) {
                if (started != null) {
                    started.kill();
                }
                // another process may take a free port before the server does
                if (attempt == attempts || !FreePorts.wereTaken(e)) {
                    throw new ServerUnavailableException(
                            "PostgreSQL ("
                                    + program.origin()
                                    + ") does not start: "
                                    + e.getMessage(),
                            e);
                }
            }
        }
    }

    private static PostgresProcess spawn(
            PostgresProgram program,
            PostgresDataDirectory data,
            PostgresSettings settings,
            int port)
            throws IOException {
        Path log = data.log();
        Files.deleteIfExists(log);
        List<String> command = new ArrayList<>();
        command.add(program.postgres().toString());
        command.addAll(List.of("-D", data.dataPath().toString(), "-p", String.valueOf(port)));
        settings.parameters()
                .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        ProcessBuilder builder =
                new ProcessBuilder(OsUser.current().command(ChildProcess.command(command)))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        return new PostgresProcess(
                ChildProcess.start(builder, "postgres-" + port), data, port, log);
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!data.isReady(process.pid())) {
            if (!process.isAlive()) {
                throw new IllegalStateException("it ended at once; its log says\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not ready after " + START_LIMIT + "; its log says\n" + endOfLog());
            }
            try {
                process.waitFor(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while PostgreSQL was starting", e);
            }
        }
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

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Stops the server: by a fast shutdown, which leaves the data consistent, if the data directory
     * is kept; else by an immediate shutdown, after which the temporary directory is deleted.
     */
    @Override
    public void close() {
        signal(data.isTemporary() ? "QUIT" : "INT");
        if (!ended()) {
            kill();
        }
        try {
            data.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        if (process.isAlive()
                && !OsUser.succeeds(List.of("kill", "-" + name, String.valueOf(process.pid())))) {
            process.destroy();
        }
    }

    private boolean ended() {
        try {
            return process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /**
     * Kills the server as in a crash: without a shutdown, and the data directory stays unchanged.
     */
    void kill() {
        process.destroyForcibly();
        ended();
    }
}
