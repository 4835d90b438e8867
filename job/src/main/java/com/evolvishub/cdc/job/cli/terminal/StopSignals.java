package com.evolvishub.cdc.job.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Runs an action at Ctrl-C and at a polite kill, in place of what the JVM did before, until this is
 * closed. A shutdown hook would not do: it runs beside Flink's own hooks, which take away what a
 * final checkpoint needs.
 */
public final class StopSignals implements AutoCloseable {

    private final Method handle;
    private final Map<Object, Object> before = new LinkedHashMap<>();

    private StopSignals(Method handle) {
        this.handle = handle;
    }

    /**
     * Reaches {@code sun.misc.Signal} by name: it is in every JDK (module jdk.unsupported), but the
     * compiler does not let us name it.
     */
    public static StopSignals onStop(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            StopSignals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    action.run();
                                }
                                return null;
                            });
            StopSignals signals = new StopSignals(signal.getMethod("handle", signal, handler));
            for (String name : new String[] {"INT", "TERM"}) {
                signals.replaceHandler(
                        signal.getConstructor(String.class).newInstance(name), proxy);
            }
            return signals;
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal", missing);
        }
    }

    private void replaceHandler(Object signal, Object handler) throws IllegalAccessException {
        try {
            before.put(signal, handle.invoke(null, signal, handler));
        } catch (InvocationTargetException taken) {
            // the JVM was started with -Xrs or the shell ignores the signal: then the last
            // checkpoint serves
            LoggerFactory.getLogger(StopSignals.class)
                    .debug("no handler for {}", signal, taken.getCause());
        }
    }

    /** Gives the signals back to who had them before. */
    @Override
    public void close() {
        before.forEach(
                (signal, handler) -> {
                    try {
                        handle.invoke(null, signal, handler);
                    } catch (ReflectiveOperationException gone) {
                        throw new IllegalStateException("cannot give back " + signal, gone);
                    }
                });
        before.clear();
    }
}
