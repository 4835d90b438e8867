package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Starts a server as a child process of this JVM. Where the operating system supports it, the
 * server gets its own session (Ctrl-C in the terminal does not reach it) and ends when this JVM
 * ends, even by {@code kill -9}.
 */
public final class ChildProcess {
    private ChildProcess() {}

    /**
     * Returns the command with the prefixes that bind it to this JVM; the process id does not
     * change.
     */
    public static List<String> command(List<String> command) {
        List<String> prefixed = new ArrayList<>();
        if (OsUser.succeeds(List.of("setsid", "true"))) {
            prefixed.add("setsid");
        }
        if (OsUser.succeeds(List.of("setpriv", "--pdeathsig", "INT", "true"))) {
            prefixed.addAll(List.of("setpriv", "--pdeathsig", "INT"));
        }
        prefixed.addAll(command);
        return prefixed;
    }

    /** Starts a command that {@link #command} has returned. */
    public static Process start(ProcessBuilder builder, String name) throws IOException {
        // The parent-death signal is sent when the starting thread ends, so that thread waits.
        BlockingQueue<Object> outcome = new ArrayBlockingQueue<>(1);
        Thread starter = new Thread(() -> startAndWait(builder, outcome), name);
        starter.setDaemon(true);
        starter.start();
        try {
            Object started = outcome.take();
            if (started instanceof IOException failure) {
                throw failure;
            }
            return (Process) started;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was starting", e);
        }
    }

    private static void startAndWait(ProcessBuilder builder, BlockingQueue<Object> outcome) {
        try {
            Process process = builder.start();
            outcome.add(process);
            process.waitFor();
        } catch (IOException e) {
            outcome.add(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
