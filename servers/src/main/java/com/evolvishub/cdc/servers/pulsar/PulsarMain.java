package com.evolvishub.cdc.servers.pulsar;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * What the broker's JVM runs. Ends at once when its standard input does, which is when the JVM that
 * started it is gone, however that went.
 */
final class PulsarMain {
    private PulsarMain() {}

    /** Becomes the broker; the arguments are those of Pulsar's own standalone starter. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread leash = new Thread(PulsarMain::endWithParent, "leash");
        leash.setDaemon(true);
        leash.start();
        try {
            Class.forName("org.apache.pulsar.PulsarStandaloneStarter")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            System.exit(1);
        }
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
