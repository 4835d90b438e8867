package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.ParentProcessMonitor;
import java.lang.reflect.InvocationTargetException;

/**
 * What the broker's JVM runs. Ends at once when its standard input does, which is when the JVM that
 * started it is gone, however that went.
 */
final class PulsarMain {
    private PulsarMain() {}

    /** Becomes the broker; the arguments are those of Pulsar's own standalone starter. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        ParentProcessMonitor.start();
        try {
            Class.forName("org.apache.pulsar.PulsarStandaloneStarter")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            System.exit(1);
        }
    }
}
