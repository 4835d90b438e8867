package com.evolvishub.cdc.e2e;

import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.process.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JobManager and a TaskManager of the Flink jars on the class path, with Flink's client. */
final class FlinkCluster implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Their group directories in the Maven repository. */
    private static final List<String> FLINK_AND_ITS_LIBRARIES =
            List.of(
                    "/org/apache/flink/",
                    "/org/apache/logging/log4j/",
                    "/org/slf4j/",
                    "/org/apache/commons/",
                    "/commons-cli/",
                    "/commons-collections/",
                    "/commons-io/",
                    "/com/esotericsoftware/",
                    "/com/google/code/findbugs/jsr305/",
                    "/com/twitter/",
                    "/com/ververica/",
                    "/at/yawk/",
                    "/org/javassist/",
                    "/org/objenesis/",
                    "/org/snakeyaml/",
                    "/org/xerial/snappy/");

    private static final Pattern NOT_IN_A_DISTRIBUTION =
            Pattern.compile("flink-connector-(base|kafka|pulsar)");

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    private final int restPort;

    private FlinkCluster(Path directory, int restPort) {
        this.directory = directory;
        this.restPort = restPort;
    }

    /** The response of the REST API; empty while it does not respond. */
    String get(String path) {
        return send(HttpRequest.newBuilder(address(path)));
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(restPort, path));
    }

    static FlinkCluster start(Path parent) throws Exception {
        Path directory = Files.createDirectories(parent.resolve("cluster"));
        List<Integer> ports = FreePorts.find(2);
        int restPort = ports.get(0);
        Files.writeString(
                directory.resolve("config.yaml"), settings(directory, restPort, ports.get(1)));
        FlinkCluster cluster = new FlinkCluster(directory, restPort);
        try {
            cluster.launch(
                    "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                    "--configDir",
                    directory.toString(),
                    "--executionMode",
                    "cluster");
            // a TaskManager started before its JobManager waits ten seconds before each retry; the
            // directory in the response shows that this cluster, and no other process, has the port
            await().atMost(TIMEOUT)
                    .until(() -> cluster.get("/jobmanager/config").contains(directory.toString()));
            cluster.launch(
                    "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                    "--configDir",
                    directory.toString());
            await().atMost(TIMEOUT)
                    .until(() -> cluster.get("/overview").contains("\"taskmanagers\":1"));
            return cluster;
        } catch (Throwable failed) {
            cluster.close();
            throw failed;
        }
    }

    private static String settings(Path directory, int restPort, int rpcPort) {
        return """
               jobmanager.rpc.address: 127.0.0.1
               jobmanager.rpc.port: %d
               jobmanager.bind-host: 127.0.0.1
               rest.address: 127.0.0.1
               rest.bind-address: 127.0.0.1
               rest.port: %d
               taskmanager.host: 127.0.0.1
               taskmanager.bind-host: 127.0.0.1
               taskmanager.numberOfTaskSlots: 6
               taskmanager.cpu.cores: 4.0
               taskmanager.memory.framework.heap.size: 128m
               taskmanager.memory.framework.off-heap.size: 128m
               taskmanager.memory.task.heap.size: 256m
               taskmanager.memory.task.off-heap.size: 128m
               taskmanager.memory.managed.size: 256m
               taskmanager.memory.network.min: 64m
               taskmanager.memory.network.max: 64m
               taskmanager.memory.jvm-metaspace.size: 256m
               taskmanager.memory.jvm-overhead.min: 192m
               taskmanager.memory.jvm-overhead.max: 192m
               jobmanager.memory.process.size: 1g
               cluster.registration.error-delay: 500 ms
               pekko.ask.timeout: 2 min
               web.timeout: 120000
               client.timeout: 2 min
               heartbeat.timeout: 300000
               execution.checkpointing.dir: %s
               io.tmp.dirs: %s
               """
                .formatted(
                        rpcPort,
                        restPort,
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("tmp"));
    }

    /** Cancels a job and waits until its slots are free. */
    void cancel(String job) {
        HttpRequest.Builder cancel =
                HttpRequest.newBuilder(address("/jobs/" + job + "?mode=cancel"))
                        .method("PATCH", HttpRequest.BodyPublishers.noBody());
        await().atMost(TIMEOUT)
                .until(
                        () -> {
                            send(cancel);
                            return get("/jobs/" + job).contains("\"state\":\"CANCELED\"");
                        });
    }

    /** Runs {@code flink run -d} and returns its output. */
    String run(String savepoint, String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", "-d"));
        if (!savepoint.isEmpty()) {
            command.addAll(List.of("-s", savepoint));
        }
        command.add(System.getProperty("cdc.job.jar"));
        command.addAll(Arrays.asList(arguments));
        return cli(command.toArray(String[]::new));
    }

    /** Runs a command of Flink's client and returns its output. */
    String cli(String... arguments) {
        try {
            Path output = Files.createTempFile(directory, "client", ".txt");
            Process client = start("org.apache.flink.client.cli.CliFrontend", output, arguments);
            if (!client.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the client hangs: " + Files.readString(output));
            }
            return Files.readString(output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** The newest retained checkpoint of a job. */
    Path newestCheckpoint(String job) throws IOException {
        try (Stream<Path> checkpoints = Files.list(directory.resolve("checkpoints").resolve(job))) {
            return checkpoints
                    .filter(path -> Files.exists(path.resolve("_metadata")))
                    .max(Comparator.comparing(path -> path.toFile().lastModified()))
                    .orElseThrow();
        }
    }

    private void launch(String main, String... arguments) throws IOException {
        start(main, Files.createTempFile(directory, "server", ".txt"), arguments);
    }

    private Process start(String main, Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:MaxMetaspaceSize=512m"));
        String flags = System.getProperty("flink.jvm.flags", "");
        command.addAll(flags.isBlank() ? List.of() : Arrays.asList(flags.trim().split("\\s+")));
        command.addAll(List.of("-cp", flinkClassPath(), main));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("FLINK_CONF_DIR", directory.toString());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /**
     * The class path of a Flink distribution: without our classes and the libraries of the job jar.
     */
    private static String flinkClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> FLINK_AND_ITS_LIBRARIES.stream().anyMatch(jar::contains))
                // only some distributions contain these, so the job jar does
                .filter(jar -> !NOT_IN_A_DISTRIBUTION.matcher(jar).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String send(HttpRequest.Builder request) {
        try {
            return HTTP.send(
                            request.timeout(Duration.ofSeconds(30)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException notYet) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Kills the processes; on return no process writes to the directory. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }
}
