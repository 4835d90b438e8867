package com.evolvishub.cdc.e2e;

import com.evolvishub.cdc.job.cli.EvolvishubCdc;
import com.evolvishub.cdc.testing.process.ClassDataArchive;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * The command line tool in its own process, as a user runs it. Closing kills the process if it
 * still runs.
 */
final class CliProcess implements RunningCli {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String HEAP = "-Xmx512m";

    /** The class path of an installation: without test classes. */
    private static final String CLASS_PATH =
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> !entry.isEmpty() && !entry.endsWith("test-classes"))
                    // Maven lists a module's class directory even if it does not exist
                    .filter(entry -> Files.exists(Path.of(entry)))
                    .collect(Collectors.joining(File.pathSeparator));

    private final Process process;
    private final Path output;
    private final ClassDataArchive archive;

    private CliProcess(Process process, Path output, ClassDataArchive archive) {
        this.process = process;
        this.output = output;
        this.archive = archive;
    }

    /** Starts a command in {@code directory}; the file with its output is there too. */
    static CliProcess start(Path directory, Map<String, String> environment, String... arguments) {
        return startWith(HEAP, directory, environment, arguments);
    }

    /** Starts a command in a JVM with another heap. */
    static CliProcess startWith(
            String heap, Path directory, Map<String, String> environment, String... arguments) {
        ClassDataArchive archive = ClassDataArchive.of("cli", CLASS_PATH);
        return start(archive, archive.use(), heap, directory, environment, arguments);
    }

    private static CliProcess start(
            ClassDataArchive archive,
            List<String> options,
            String heap,
            Path directory,
            Map<String, String> environment,
            String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(heap);
        command.addAll(jvmFlags());
        command.addAll(options);
        command.add("-cp");
        command.add(CLASS_PATH);
        command.add(EvolvishubCdc.class.getName());
        command.addAll(Arrays.asList(arguments));
        try {
            Path output = Files.createTempFile(directory, "output", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new CliProcess(builder.start(), output, archive);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs a command to its end. */
    static Ended run(Path directory, Map<String, String> environment, String... arguments) {
        ClassDataArchive archive = ClassDataArchive.of("cli", CLASS_PATH);
        // a job loads nearly all classes that other commands load
        List<String> options =
                arguments[0].equals("run-multi") ? archive.useOrMake() : archive.use();
        try (CliProcess cli = start(archive, options, HEAP, directory, environment, arguments)) {
            Ended ended = cli.await();
            archive.ended();
            return ended;
        }
    }

    /**
     * Runs a short command to its end in this JVM. Paths must be absolute, and files must not
     * reference environment variables.
     */
    static Ended runInThisJvm(String... arguments) {
        StringWriter text = new StringWriter();
        int exitCode = EvolvishubCdc.execute(new PrintWriter(text), arguments);
        return new Ended(exitCode, text.toString());
    }

    /** The output of {@code status}; retries while a run is too busy to respond. */
    static String status(Path file, Path stateDirectory, String format) {
        String[] arguments = {
            "status",
            "-c",
            file.toString(),
            "--state-dir",
            stateDirectory.toString(),
            "--format",
            format
        };
        return Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> runInThisJvm(arguments), ended -> ended.exitCode() == 0)
                .output();
    }

    /** Replaces the variables in a text by their values. */
    static String resolved(String text, Map<String, String> environment) {
        return Pattern.compile("\\$\\{(\\w+)(:-([^}]*))?}")
                .matcher(text)
                .replaceAll(
                        variable ->
                                Matcher.quoteReplacement(
                                        environment.getOrDefault(
                                                variable.group(1),
                                                String.valueOf(variable.group(3)))));
    }

    private static List<String> jvmFlags() {
        String flags = System.getProperty("flink.jvm.flags", "");
        return flags.isBlank() ? List.of() : Arrays.asList(flags.trim().split("\\s+"));
    }

    @Override
    public Ended await() {
        try {
            if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + TIMEOUT + ":\n" + output());
            }
            return new Ended(process.exitValue(), output());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public boolean isRunning() {
        return process.isAlive();
    }

    /**
     * Sends SIGTERM. SIGINT has the same effect, but shells make background processes ignore it.
     */
    @Override
    public void interrupt() throws IOException, InterruptedException {
        signal("TERM");
    }

    /** Sends a signal, given by its name without SIG. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    /** Sends SIGKILL and waits for the end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        archive.killed();
    }

    /**
     * A command that has ended.
     *
     * @param exitCode the exit code
     * @param output standard output and standard error
     */
    record Ended(int exitCode, String output) {}
}
