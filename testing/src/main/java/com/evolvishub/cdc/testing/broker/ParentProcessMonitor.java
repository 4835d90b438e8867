package com.evolvishub.cdc.testing.broker;

import java.io.IOException;

/**
 * Ends this JVM when its standard input ends, that is when the parent JVM has exited or was killed.
 */
public final class ParentProcessMonitor {
    private ParentProcessMonitor() {}

    /** Starts to monitor standard input in a separate daemon thread. */
    public static void start() {
        Thread monitor = new Thread(ParentProcessMonitor::endWithParent, "leash");
        monitor.setDaemon(true);
        monitor.start();
    }

    private static void endWithParent() {
        try {
            int read = 0;
            while (read >= 0) {
                read = System.in.read();
            }
        } catch (IOException e) {
            // a broken pipe means the same as the end of the input
            System.err.println("standard input is gone: " + e.getMessage());
        }
        Runtime.getRuntime().halt(130);
    }
}
