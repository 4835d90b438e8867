package com.evolvishub.cdc.servers.pulsar;

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
final class PulsarProcess {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final String CLASS_PATH = "/com/evolvishub/cdc/brokers/pulsar.classpath";
    private static final List<String> JVM =
            List.of(
                    "-Xmx512m",
                    "-XX:MaxDirectMemorySize=768m",
                    "-XX:+UseSerialGC",
                    // a short life: less compiling is faster
                    "-XX:TieredStopAtLevel=1",
                    "-Dlog4j2.level=WARN",
                    "-Dio.netty.tryReflectionSetAccessible=true");

    private final Process process;
    private final Path log;

    private PulsarProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts the broker and returns when it takes clients. */
    static PulsarProcess start(PulsarFolder folder, PulsarPorts ports, PulsarAdmin admin)
            throws IOException {
        List<String> command = new ArrayList<>();
        // Ctrl-C in the terminal is for us: the broker is stopped when we no longer need it
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", classPath(), PulsarMain.class.getName()));
        command.addAll(List.of("-c", folder.configuration().toString()));
        command.addAll(List.of("--metadata-dir", folder.metadata().toString()));
        command.addAll(List.of("--bookkeeper-dir", folder.bookkeeper().toString()));
        command.addAll(List.of("--bookkeeper-port", Integer.toString(ports.bookie())));
        // neither stream storage nor functions: topics only
        command.addAll(List.of("-nss", "-nfw", "-a", "127.0.0.1"));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.log().toFile())
                        .start();
        PulsarProcess started = new PulsarProcess(process, folder.log());
        try {
            started.awaitReady(admin);
            return started;
        } catch (IOException | RuntimeException e) {
            started.kill();
            throw e;
        }
    }

    private static String classPath() throws IOException {
        try (InputStream list = PulsarProcess.class.getResourceAsStream(CLASS_PATH)) {
            if (list == null) {
                throw new ServerUnavailableException(
                        "no Pulsar broker: evolvishub-cdc-brokers-pulsar is not on the class path");
            }
            String jars = new String(list.readAllBytes(), StandardCharsets.UTF_8).strip();
            Path ours =
                    Path.of(
                            PulsarMain.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return ours + System.getProperty("path.separator") + jars;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private void awaitReady(PulsarAdmin admin) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!admin.isReady()) {
            if (!process.isAlive()) {
                throw new ServerUnavailableException(
                        "the Pulsar broker ended at once; its log says\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new ServerUnavailableException(
                        "the Pulsar broker is not ready after %s; its log says\n%s"
                                .formatted(START_LIMIT, endOfLog()));
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the Pulsar broker was starting", e);
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
