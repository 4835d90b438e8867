package com.evolvishub.cdc.playground.road;

import com.evolvishub.cdc.job.cli.EvolvishubCdc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line tool in a process of its own, as a user runs it. Killed, if need be, at the end.
 */
final class CliProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path output;

    private CliProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command in {@code folder}, which also takes its output. */
    static CliProcess start(Path folder, Map<String, String> environment, String... arguments) {
        return startWith("-Xmx512m", folder, environment, arguments);
    }

    /** Starts a command in a JVM with another heap. */
    static CliProcess startWith(
            String heap, Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(heap);
        command.addAll(jvmFlags());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(EvolvishubCdc.class.getName());
        command.addAll(Arrays.asList(arguments));
        try {
            Path output = Files.createTempFile(folder, "output", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new CliProcess(builder.start(), output);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** Runs a command to its end. */
    static Ended run(Path folder, Map<String, String> environment, String... arguments) {
        try (CliProcess cli = start(folder, environment, arguments)) {
            return cli.await();
        }
    }

    private static List<String> jvmFlags() {
        String flags = System.getProperty("flink.jvm.flags", "");
        return flags.isBlank() ? List.of() : Arrays.asList(flags.trim().split("\\s+"));
    }

    /** Waits for the end. */
    Ended await() {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + PATIENCE + ":\n" + output());
            }
            return new Ended(process.exitValue(), output());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** What it has printed so far, on both streams. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /**
     * A polite kill. Ctrl-C takes the same road, but a shell makes background processes deaf to it.
     */
    void interrupt() throws IOException, InterruptedException {
        signal("TERM");
    }

    /** Sends a signal, by its name without SIG. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * A command that has ended.
     *
     * @param exitCode what it told the shell
     * @param output what it printed, on both streams
     */
    record Ended(int exitCode, String output) {}
}
