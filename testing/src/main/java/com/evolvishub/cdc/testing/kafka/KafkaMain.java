package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.broker.ParentProcessMonitor;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the broker's JVM runs: formats the storage if it is new, then becomes the broker. Ends at
 * once when its standard input does, which is when the JVM that started it is gone, however that
 * went.
 */
final class KafkaMain {
    private KafkaMain() {}

    /**
     * Formats and starts.
     *
     * @param arguments the file with the arguments of the storage tool, one a line, and the
     *     broker's settings
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
