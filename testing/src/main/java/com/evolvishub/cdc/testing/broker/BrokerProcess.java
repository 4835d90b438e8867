package com.evolvishub.cdc.testing.broker;

import com.evolvishub.cdc.testing.process.ClassDataArchive;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A broker in its own JVM with its own class path. It ends with this JVM, even if this JVM is
 * killed.
 */
public final class BrokerProcess {
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    /** The stop limit of a broker that writes a class archive when it exits. */
    private static final Duration ARCHIVING_STOP_LIMIT = Duration.ofMinutes(3);

    private static final int SHOWN_LINES = 60;

    private final Program program;
    private final Process process;
    private final Path log;
    private final ClassDataArchive archive;

    /**
     * The program to run.
     *
     * @param name for messages
     * @param classPath resource that lists the broker's jars; a separate module provides it
     * @param options of the JVM
     * @param main main class of the broker; it is in the same jar as this class
     * @param patience start-up timeout
     */
    public record Program(
            String name, String classPath, List<String> options, Class<?> main, Duration patience) {
        public Program {
            options = List.copyOf(options);
        }
    }

    /** The purpose of a start. */
    public enum Purpose {
        /** The broker is used. */
        SERVICE,

        /** The broker is stopped immediately and writes a class archive for the next starts. */
        REHEARSAL
    }

    /** Checks whether a broker accepts clients. */
    public interface Readiness {
        boolean isReady() throws IOException;
    }

    private BrokerProcess(Program program, Process process, Path log, ClassDataArchive archive) {
        this.program = program;
        this.process = process;
        this.log = log;
        this.archive = archive;
    }

    /**
     * Starts a broker and returns when it is ready.
     *
     * @param log file for all output; replaced if it exists
     * @throws BrokerEndedException if the broker exits before it is ready
     * @throws ServerUnavailableException if the jars do not exist, or the broker is not ready in
     *     time
     */
    public static BrokerProcess start(
            Program program, List<String> arguments, Path log, Purpose purpose, Readiness ready)
            throws IOException {
        List<String> command = new ArrayList<>();
        // Ctrl-C in the terminal must not reach the broker: this JVM stops it when it is done
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(program.options());
        String classPath = classPath(program);
        ClassDataArchive archive = archive(program, classPath);
        command.addAll(purpose == Purpose.REHEARSAL ? archive.useOrMake() : archive.use());
        command.addAll(List.of("-cp", classPath, program.main().getName()));
        command.addAll(arguments);
        Files.deleteIfExists(log);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        BrokerProcess started = new BrokerProcess(program, process, log, archive);
        try {
            started.await(ready);
            return started;
        } catch (IOException | RuntimeException e) {
            started.kill();
            throw e;
        }
    }

    /** Whether a rehearsal is worthwhile: an archive halves the time and CPU use of each start. */
    public static boolean lacksArchive(Program program) throws IOException {
        return archive(program, classPath(program)).isMissing();
    }

    private static ClassDataArchive archive(Program program, String classPath) {
        return ClassDataArchive.of(program.main().getSimpleName(), classPath);
    }

    private static String classPath(Program program) throws IOException {
        try (InputStream list = BrokerProcess.class.getResourceAsStream(program.classPath())) {
            if (list == null) {
                throw new ServerUnavailableException(
                        "no %s: %s is not on the class path"
                                .formatted(program.name(), program.classPath()));
            }
            String jars = new String(list.readAllBytes(), StandardCharsets.UTF_8).strip();
            Path ownClasses =
                    Path.of(
                            program.main()
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return ownClasses + System.getProperty("path.separator") + jars;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private void await(Readiness ready) throws IOException {
        long start = System.nanoTime();
        while (!ready.isReady()) {
            if (!process.isAlive()) {
                throw new BrokerEndedException(
                        "the %s ended after %s with exit code %d; its log says\n%s"
                                .formatted(
                                        program.name(),
                                        Duration.ofNanos(System.nanoTime() - start),
                                        process.exitValue(),
                                        endOfLog()));
            }
            if (System.nanoTime() - start > program.patience().toNanos()) {
                throw new ServerUnavailableException(
                        "the %s is not ready after %s; its log says\n%s"
                                .formatted(program.name(), program.patience(), endOfLog()));
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a broker was starting", e);
            }
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        int from = Math.max(0, lines.size() - SHOWN_LINES);
        return String.join("\n", lines.subList(from, lines.size()));
    }

    public long pid() {
        return process.pid();
    }

    /** Stops the broker by a clean shutdown, or kills it if that takes too long. */
    public void stop() {
        process.destroy();
        if (!hasEnded()) {
            kill();
        }
        archive.ended();
    }

    /** Ends the broker; its data is no longer needed. */
    public void discard() {
        if (archive.isMaking()) {
            stop();
        } else {
            kill();
        }
    }

    /** Kills the broker as in a crash: without a shutdown, and the data stays unchanged. */
    public void kill() {
        process.destroyForcibly();
        hasEnded();
        archive.killed();
    }

    private boolean hasEnded() {
        try {
            Duration limit = archive.isMaking() ? ARCHIVING_STOP_LIMIT : STOP_LIMIT;
            return process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
