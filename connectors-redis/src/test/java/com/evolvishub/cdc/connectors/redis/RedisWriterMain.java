package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FencedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** Writes rows of a pipeline in its own JVM, starting after the last delivered row, without end. */
public final class RedisWriterMain {

    private RedisWriterMain() {}

    /** Printed once the writer has taken over the pipeline. */
    public static final String OPEN = "open";

    public static Process start(RedisTestStream destination, String run, long seed)
            throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        // it runs for one or two seconds only
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RedisWriterMain.class.getName(),
                        Integer.toString(destination.endpoint().connection().port()),
                        destination.stream(),
                        run,
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static BufferedReader output(Process writer) {
        return new BufferedReader(
                new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) throws Exception {
        RedisTestStream destination =
                RedisTestStream.at("127.0.0.1", Integer.parseInt(arguments[0])).stream(
                        arguments[1]);
        Random random = new Random(Long.parseLong(arguments[3]));
        try (RedisDestinationClient client = destination.client()) {
            long last = client.open(RedisTestStream.writerIdentity(arguments[2])).lastSequence();
            client.prepare(TestPipeline.KEYED);
            System.out.println(OPEN);
            while (true) {
                int rows = 1 + random.nextInt(3000);
                client.write(RedisTestStream.rows(last + 1, last + rows));
                last += rows;
            }
        } catch (FencedException e) {
            System.out.println(e.getMessage());
        }
    }
}
