package com.evolvishub.cdc.testing.broker;

import java.io.IOException;

/**
 * Ends this JVM as soon as its standard input ends, which is when the JVM that started it is gone,
 * however that went.
 */
public final class ParentProcessMonitor {
    private ParentProcessMonitor() {}

    /** Watches from here on, in a thread of its own. */
    public static void start() {
        Thread watch = new Thread(ParentProcessMonitor::endWithParent, "leash");
        watch.setDaemon(true);
        watch.start();
    }

    private static void endWithParent() {
        try {
            int read = 0;
            while (read >= 0) {
                read = System.in.read();
            }
        } catch (IOException e) {
            // a broken pipe says the same as its end
            System.err.println("standard input is gone: " + e.getMessage());
        }
        Runtime.getRuntime().halt(130);
    }
}
