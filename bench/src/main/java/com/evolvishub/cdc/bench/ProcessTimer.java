package com.evolvishub.cdc.bench;

/** Elapsed time and the ends of processes. */
final class ProcessTimer {
    private ProcessTimer() {}

    static double since(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Waits for the process to end; its exit code. */
    static int ended(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process was measured", e);
        }
    }
}
