package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * How a server hangs on this JVM. Where the system allows it, the server gets its own session
 * (Ctrl-C in the terminal does not reach it) and ends when this JVM dies, however that dies.
 */
public final class ChildProcess {
    private ChildProcess() {}

    /** The command on a leash; the process keeps its id. */
    public static List<String> command(List<String> command) {
        List<String> leash = new ArrayList<>();
        if (OsUser.succeeds(List.of("setsid", "true"))) {
            leash.add("setsid");
        }
        if (OsUser.succeeds(List.of("setpriv", "--pdeathsig", "INT", "true"))) {
            leash.addAll(List.of("setpriv", "--pdeathsig", "INT"));
        }
        leash.addAll(command);
        return leash;
    }

    /** Starts a command that is on a leash. */
    public static Process start(ProcessBuilder builder, String name) throws IOException {
        // The system ends the server with the thread that started it: so that thread waits for it.
        BlockingQueue<Object> outcome = new ArrayBlockingQueue<>(1);
        Thread keeper = new Thread(() -> keep(builder, outcome), name);
        keeper.setDaemon(true);
        keeper.start();
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

    private static void keep(ProcessBuilder builder, BlockingQueue<Object> outcome) {
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
