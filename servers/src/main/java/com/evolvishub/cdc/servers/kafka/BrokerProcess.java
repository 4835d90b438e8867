package com.evolvishub.cdc.servers.kafka;

import com.evolvishub.cdc.servers.ServerUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running broker as a child of this JVM. Its standard input is a pipe from here: when this JVM
 * dies, the pipe ends, and the broker with it.
 */
final class BrokerProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final String CLASS_PATH = "/com/evolvishub/cdc/brokers/kafka.classpath";
    private static final String READY = "Kafka Server started";
    private static final String READY_LOGGER = "kafka.server.KafkaRaftServer";

    private final Process process;
    private final Path log;

    private BrokerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts the broker and returns when it takes clients. */
    static BrokerProcess start(BrokerFolder folder) throws IOException {
        List<String> command = new ArrayList<>();
        // Ctrl-C in the terminal is for us: the broker is stopped when we no longer need it
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.add("-Dorg.slf4j.simpleLogger.log." + READY_LOGGER + "=info");
        command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        command.addAll(List.of("-cp", classPath(), BrokerMain.class.getName()));
        command.addAll(List.of(folder.format().toString(), folder.properties().toString()));
        Files.deleteIfExists(folder.log());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.log().toFile())
                        .start();
        BrokerProcess started = new BrokerProcess(process, folder.log());
        try {
            started.awaitReady();
            return started;
        } catch (IOException | RuntimeException e) {
            started.kill();
            throw e;
        }
    }

    private static String classPath() throws IOException {
        try (InputStream list = BrokerProcess.class.getResourceAsStream(CLASS_PATH)) {
            if (list == null) {
                throw new ServerUnavailableException(
                        "no Kafka broker: evolvishub-cdc-brokers-kafka is not on the class path");
            }
            String jars = new String(list.readAllBytes(), StandardCharsets.UTF_8).strip();
            String ours =
                    Path.of(
                                    BrokerMain.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toURI())
                            .toString();
            return ours + System.getProperty("path.separator") + jars;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.readString(log).contains(READY)) {
            if (!process.isAlive()) {
                throw new ServerUnavailableException(
                        "the Kafka broker ended at once; its log says\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new ServerUnavailableException(
                        "the Kafka broker is not ready after %s; its log says\n%s"
                                .formatted(START_LIMIT, endOfLog()));
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the Kafka broker was starting", e);
            }
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    long pid() {
        return process.pid();
    }

    /** Ends the broker by a clean shutdown if it still obeys. */
    void stop() {
        process.destroy();
        if (!ended()) {
            kill();
        }
    }

    /** Ends the broker as a crash would: no shutdown, the data are left as they are. */
    void kill() {
        process.destroyForcibly();
        ended();
    }

    private boolean ended() {
        try {
            return process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
