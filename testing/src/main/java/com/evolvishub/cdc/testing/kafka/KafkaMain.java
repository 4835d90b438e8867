package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.broker.ParentProcessMonitor;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Main class of the broker's JVM: formats the storage if it is new, then runs the broker. The JVM
 * exits when its standard input ends, that is when the parent JVM has exited or was killed.
 */
final class KafkaMain {
    private KafkaMain() {}

    /**
     * Formats the storage and starts the broker.
     *
     * @param arguments the file with the arguments of the storage tool, one per line, and the file
     *     with the broker's settings
     */
    public static void main(String[] arguments) throws Exception {
        ParentProcessMonitor.start();
        List<String> format = Files.readAllLines(Path.of(arguments[0]));
        Object outcome =
                Class.forName("kafka.tools.StorageTool")
                        .getMethod("execute", String[].class, PrintStream.class)
                        .invoke(null, format.toArray(String[]::new), System.out);
        if (!outcome.equals(0)) {
            System.exit(1);
        }
        start(arguments[1]);
    }

    private static void start(String settings) throws ReflectiveOperationException {
        try {
            Class.forName("kafka.Kafka")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {settings});
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            System.exit(1);
        }
    }
}
