package com.evolvishub.cdc.bench;

/** Measures elapsed time and waits for processes. */
final class ProcessTimer {
    private ProcessTimer() {}

    static double since(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Waits for the process to end and returns its exit code. */
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
