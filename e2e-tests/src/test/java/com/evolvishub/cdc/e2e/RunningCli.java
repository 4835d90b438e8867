package com.evolvishub.cdc.e2e;

/** A command of the tool that goes on until it is stopped, in whatever JVM. */
interface RunningCli extends AutoCloseable {

    boolean isRunning();

    /** What it has printed so far, on both streams. */
    String output();

    /** Asks it politely to stop, as Ctrl-C does. */
    void interrupt() throws Exception;

    /** Waits for its end. */
    CliProcess.Ended await();

    /** Returns when nobody writes to the folder any more. */
    @Override
    void close();
}
