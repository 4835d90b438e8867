package com.evolvishub.cdc.job.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/**
 * Runs an action at Ctrl-C and at a polite kill, in place of the JVM's own exit. A shutdown hook
 * would not do: it runs beside Flink's own hooks, which take away what a final checkpoint needs.
 */
public final class Signals {

    private Signals() {}

    /**
     * Reaches {@code sun.misc.Signal} by name: it is in every JDK (module jdk.unsupported), but the
     * compiler does not let us name it.
     */
    public static void onStop(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    action.run();
                                }
                                return null;
                            });
            for (String name : new String[] {"INT", "TERM"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (InvocationTargetException taken) {
            // the JVM was started with -Xrs or the shell ignores the signal: then the last
            // checkpoint serves
            LoggerFactory.getLogger(Signals.class)
                    .debug("no handler for signals", taken.getCause());
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
        }
    }
}
