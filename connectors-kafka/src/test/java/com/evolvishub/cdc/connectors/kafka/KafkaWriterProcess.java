package com.evolvishub.cdc.connectors.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Runs a {@link WriterLoop} in its own JVM, so that the test can freeze and kill it. */
public final class KafkaWriterProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private KafkaWriterProcess(Process process) {
        this.process = process;
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static KafkaWriterProcess start(
            KafkaTestTopic topic, int transactionSeconds, String identity, String run, long last)
            throws IOException {
        return new KafkaWriterProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx200m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WriterLoop.class.getName(),
                                topic.servers(),
                                topic.name(),
                                Integer.toString(transactionSeconds),
                                identity,
                                run,
                                Long.toString(last))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** Reads output up to a line and returns it; the test's timeout bounds the wait. */
    public String await(Predicate<String> line) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String each = output.readLine(); each != null; each = output.readLine()) {
            if (line.test(each)) {
                return each;
            }
            lines.append(each).append('\n');
        }
        throw new AssertionError("the writer ended, and said\n" + lines);
    }

    /** Suspends the process. */
    public void freeze() throws Exception {
        signal("-STOP");
    }

    public void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
    }

    /** {@code kill -9}. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
