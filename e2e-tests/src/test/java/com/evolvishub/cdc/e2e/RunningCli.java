package com.evolvishub.cdc.e2e;

/** A command of the tool that runs until it is stopped, in its own process or in this JVM. */
interface RunningCli extends AutoCloseable {

    boolean isRunning();

    /** Standard output and standard error so far. */
    String output();

    /** Requests a stop, as Ctrl-C does. */
    void interrupt() throws Exception;

    /** Waits for its end. */
    CliProcess.Ended await();

    /** Ends the command; on return it no longer writes to the directory. */
    @Override
    void close();
}
