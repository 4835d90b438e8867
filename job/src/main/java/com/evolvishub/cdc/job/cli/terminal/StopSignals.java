package com.evolvishub.cdc.job.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Runs an action on SIGINT and SIGTERM instead of the previous handlers, until closed. A shutdown
 * hook cannot do this: it runs concurrently with Flink's hooks, which stop services that a
 * savepoint needs.
 */
public final class StopSignals implements AutoCloseable {

    private final Method handle;
    private final Map<Object, Object> previous = new LinkedHashMap<>();

    private StopSignals(Method handle) {
        this.handle = handle;
    }

    /**
     * Uses {@code sun.misc.Signal} by reflection: every JDK has it (module jdk.unsupported), but
     * the compiler rejects direct use.
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
            previous.put(signal, handle.invoke(null, signal, handler));
        } catch (InvocationTargetException notAllowed) {
            // the JVM runs with -Xrs, or the shell ignores the signal: the next run uses the last
            // checkpoint
            LoggerFactory.getLogger(StopSignals.class)
                    .debug("no handler for {}", signal, notAllowed.getCause());
        }
    }

    /** Restores the previous handlers. */
    @Override
    public void close() {
        previous.forEach(
                (signal, handler) -> {
                    try {
                        handle.invoke(null, signal, handler);
                    } catch (ReflectiveOperationException failed) {
                        throw new IllegalStateException("cannot give back " + signal, failed);
                    }
                });
        previous.clear();
    }
}
