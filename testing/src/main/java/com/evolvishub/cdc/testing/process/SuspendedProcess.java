package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Processes suspended by SIGSTOP: their connections stay open, but they do not respond. Needs POSIX
 * signals, so it does not run on Windows.
 */
public final class SuspendedProcess implements AutoCloseable {

    private final List<Long> pids;

    private SuspendedProcess(List<Long> pids) {
        this.pids = pids;
    }

    /** Suspends the processes until this is closed. */
    public static SuspendedProcess suspend(List<Long> pids) {
        SuspendedProcess suspended = new SuspendedProcess(List.copyOf(pids));
        suspended.signal("-STOP");
        return suspended;
    }

    private void signal(String name) {
        try {
            for (long pid : pids) {
                run("kill", name, Long.toString(pid));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void run(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(List.of(command) + " ended with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Resumes the processes. */
    @Override
    public void close() {
        signal("-CONT");
    }
}
