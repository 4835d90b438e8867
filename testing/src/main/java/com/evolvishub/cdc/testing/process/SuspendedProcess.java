package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Processes that are held still by a signal: their connections stay, and nobody answers. Needs
 * signals: no Windows.
 */
public final class SuspendedProcess implements AutoCloseable {

    private final List<Long> pids;

    private SuspendedProcess(List<Long> pids) {
        this.pids = pids;
    }

    /** Holds them until this is closed. */
    public static SuspendedProcess suspend(List<Long> pids) {
        SuspendedProcess held = new SuspendedProcess(List.copyOf(pids));
        held.signal("-STOP");
        return held;
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

    /** Lets them go on. */
    @Override
    public void close() {
        signal("-CONT");
    }
}
