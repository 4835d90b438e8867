package com.evolvishub.cdc.e2e;

import com.evolvishub.cdc.job.cli.EvolvishubCdc;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A run in a thread of this JVM, which is faster than a process; for tests that do not kill it.
 * Only one at a time: SIGTERM to this JVM stops it, and the run installs the JVM's handler for it.
 */
final class CliThread implements RunningCli {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final StringWriter output = new StringWriter();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    private CliThread() {}

    /** Starts {@code run-multi} with an absolute path to a file and one to a state directory. */
    static CliThread start(Path file, Path stateDirectory, String... more) {
        List<String> all = new ArrayList<>(List.of("run-multi", "-c", file.toString()));
        all.addAll(List.of("--state-dir", stateDirectory.toString(), "--log-level", "ERROR"));
        all.addAll(List.of(more));
        String[] arguments = all.toArray(String[]::new);
        CliThread run = new CliThread();
        Thread thread =
                new Thread(
                        () ->
                                run.exitCode.complete(
                                        EvolvishubCdc.execute(
                                                new PrintWriter(run.output), arguments)),
                        "run-multi");
        thread.setUncaughtExceptionHandler((t, e) -> run.exitCode.completeExceptionally(e));
        thread.start();
        return run;
    }

    @Override
    public boolean isRunning() {
        return !exitCode.isDone();
    }

    @Override
    public String output() {
        return output.toString();
    }

    @Override
    public void interrupt() {
        // the run prints this after installing its handler; earlier the signal would end this JVM
        Awaitility.await().atMost(TIMEOUT).until(() -> !isRunning() || output().contains("Web UI"));
        if (!isRunning()) {
            return;
        }
        try {
            String self = Long.toString(ProcessHandle.current().pid());
            new ProcessBuilder("kill", "-TERM", self).start().waitFor();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public CliProcess.Ended await() {
        return new CliProcess.Ended(
                exitCode.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join(), output());
    }

    @Override
    public void close() {
        interrupt();
        await();
    }
}
