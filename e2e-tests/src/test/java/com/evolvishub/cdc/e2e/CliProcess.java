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
 * The command line tool in a process of its own, as a user runs it. Killed, if need be, at the end.
 */
final class CliProcess implements RunningCli {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String HEAP = "-Xmx512m";

    /** As a user has them: jars, no classes of tests. */
    private static final String CLASS_PATH =
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> !entry.isEmpty() && !entry.endsWith("test-classes"))
                    // Maven names the folder of a module's classes even where the module has none
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

    /** Starts a command in {@code folder}, which also takes its output. */
    static CliProcess start(Path folder, Map<String, String> environment, String... arguments) {
        return startWith(HEAP, folder, environment, arguments);
    }

    /** Starts a command in a JVM with another heap. */
    static CliProcess startWith(
            String heap, Path folder, Map<String, String> environment, String... arguments) {
        ClassDataArchive archive = ClassDataArchive.of("cli", CLASS_PATH);
        return start(archive, archive.use(), heap, folder, environment, arguments);
    }

    private static CliProcess start(
            ClassDataArchive archive,
            List<String> options,
            String heap,
            Path folder,
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
            Path output = Files.createTempFile(folder, "output", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new CliProcess(builder.start(), output, archive);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** Runs a command to its end. */
    static Ended run(Path folder, Map<String, String> environment, String... arguments) {
        ClassDataArchive archive = ClassDataArchive.of("cli", CLASS_PATH);
        // a job has nearly all classes that any command has
        List<String> options =
                arguments[0].equals("run-multi") ? archive.useOrMake() : archive.use();
        try (CliProcess cli = start(archive, options, HEAP, folder, environment, arguments)) {
            Ended ended = cli.await();
            archive.ended();
            return ended;
        }
    }

    /**
     * Runs a short command to its end in this JVM, as the tool does in its own. Files are to be
     * named by absolute paths, and what the environment would say is to stand in them.
     */
    static Ended runHere(String... arguments) {
        StringWriter text = new StringWriter();
        int exitCode = EvolvishubCdc.execute(new PrintWriter(text), arguments);
        return new Ended(exitCode, text.toString());
    }

    /** What {@code status} says; asks again while a run is too busy to answer. */
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
                .atMost(PATIENCE)
                .until(() -> runHere(arguments), ended -> ended.exitCode() == 0)
                .output();
    }

    /** Text with what the environment says in the places of its variables. */
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
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + PATIENCE + ":\n" + output());
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
     * A polite kill. Ctrl-C takes the same road, but a shell makes background processes deaf to it.
     */
    @Override
    public void interrupt() throws IOException, InterruptedException {
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
        process.destroyForcibly().onExit().join();
        archive.killed();
    }

    /**
     * A command that has ended.
     *
     * @param exitCode what it told the shell
     * @param output what it printed, on both streams
     */
    record Ended(int exitCode, String output) {}
}
