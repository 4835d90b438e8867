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
 * A broker in a JVM of its own, with a class path of its own. It ends with this JVM, however that
 * ends.
 */
public final class BrokerProcess {
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    /** Of one that writes an archive of its classes last. */
    private static final Duration MAKING_LIMIT = Duration.ofMinutes(3);

    private static final int SHOWN_LINES = 60;

    private final Program program;
    private final Process process;
    private final Path log;
    private final ClassDataArchive archive;

    /**
     * What is run.
     *
     * @param name for people
     * @param classPath resource that lists the broker's jars; it comes with a module of its own
     * @param options of the JVM
     * @param main becomes the broker; lies beside this class
     * @param patience how long the start may take
     */
    public record Program(
            String name, String classPath, List<String> options, Class<?> main, Duration patience) {
        public Program {
            options = List.copyOf(options);
        }
    }

    /** What a broker is started for. */
    public enum Purpose {
        /** To be used. */
        SERVICE,

        /** To be stopped at once, and to leave an archive of its classes for the next ones. */
        REHEARSAL
    }

    /** Tells whether a broker takes clients. */
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
     * @param log where all of its output goes; written anew
     * @throws BrokerEndedException if it ends before it is ready
     * @throws ServerUnavailableException if its jars are not there, or it does not get ready
     */
    public static BrokerProcess start(
            Program program, List<String> arguments, Path log, Purpose purpose, Readiness ready)
            throws IOException {
        List<String> command = new ArrayList<>();
        // Ctrl-C in the terminal is for us: the broker is stopped when we no longer need it
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

    /** Whether a rehearsal pays: with an archive each start takes half the time, and costs half. */
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
            Path ours =
                    Path.of(
                            program.main()
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return ours + System.getProperty("path.separator") + jars;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private void await(Readiness ready) throws IOException {
        long began = System.nanoTime();
        while (!ready.isReady()) {
            if (!process.isAlive()) {
                throw new BrokerEndedException(
                        "the %s ended after %s with exit code %d; its log says\n%s"
                                .formatted(
                                        program.name(),
                                        Duration.ofNanos(System.nanoTime() - began),
                                        process.exitValue(),
                                        endOfLog()));
            }
            if (System.nanoTime() - began > program.patience().toNanos()) {
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

    /** Ends the broker by a clean shutdown if it still obeys. */
    public void stop() {
        process.destroy();
        if (!hasEnded()) {
            kill();
        }
        archive.ended();
    }

    /** Ends the broker for good, whatever becomes of its data. */
    public void discard() {
        if (archive.isMaking()) {
            stop();
        } else {
            kill();
        }
    }

    /** Ends the broker as a crash would: no shutdown, the data are left as they are. */
    public void kill() {
        process.destroyForcibly();
        hasEnded();
        archive.killed();
    }

    private boolean hasEnded() {
        try {
            Duration limit = archive.isMaking() ? MAKING_LIMIT : STOP_LIMIT;
            return process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
