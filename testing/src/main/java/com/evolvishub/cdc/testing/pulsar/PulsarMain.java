package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.broker.ParentProcessMonitor;
import java.lang.reflect.InvocationTargetException;

/**
 * Main class of the broker's JVM. The JVM exits when its standard input ends, that is when the
 * parent JVM has exited or was killed.
 */
final class PulsarMain {
    private PulsarMain() {}

    /** Runs the broker; the arguments are those of Pulsar's standalone starter. */
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
