package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.quickstart.events.ConsumedMessage;
import com.evolvishub.cdc.quickstart.events.EventMapping;
import com.evolvishub.cdc.quickstart.events.EventServers;
import com.evolvishub.cdc.quickstart.events.MessageReader;
import com.evolvishub.cdc.quickstart.events.TopicComparison;
import com.evolvishub.cdc.testing.postgres.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The example of the event buses, polled often, and everything that its topics hold. File and
 * topics are called after the source's database, so that many share the servers.
 */
final class EndToEndEventBuses implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path folder;
    private final EventServers servers;
    private final Database source;
    private final Path file;
    private final Map<EventMapping, MessageReader> buses = new LinkedHashMap<>();
    private final Map<EventMapping, List<ConsumedMessage>> messages = new LinkedHashMap<>();

    EndToEndEventBuses(Path folder, EventServers servers, Database source) throws IOException {
        this.folder = folder;
        this.servers = servers;
        this.source = source;
        String example =
                Files.readString(Path.of("..", "examples", "event_buses.yaml"))
                        .replaceFirst("(?m)^name: .*", "name: " + source.name())
                        .replace("database: ecommerce", "database: " + source.name());
        for (EventMapping route : EventMapping.ALL) {
            String topic = route.topic() + "_" + source.name();
            example = example.replace(route.topic(), topic);
            buses.put(route, servers.bus(route.into(topic)));
            messages.put(route, new ArrayList<>());
        }
        this.file =
                Files.writeString(
                        folder.resolve("event_buses.yaml"),
                        example + "global_sync:\n  interval_seconds: 0.5\n");
    }

    /** Starts {@code run-multi} with its state in a folder. */
    CliProcess start(Path state, String... more) {
        return CliProcess.start(
                folder, servers.addresses(), arguments("run-multi", file, state, more));
    }

    /** The same to its end, in this JVM: all rows once. */
    CliProcess.Ended runOnceHere(Path state, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--mode", "one_time"));
        return CliProcess.runHere(
                arguments("run-multi", resolved(), state, all.toArray(String[]::new)));
    }

    /** Starts {@code run-multi} in this JVM. */
    CliThread startHere(Path state) {
        return CliThread.start(arguments("run-multi", resolved(), state, "--log-level", "ERROR"));
    }

    /** What {@code status} says of the run with this state. */
    String status(Path state) {
        return CliProcess.status(resolved(), state, "json");
    }

    /** For commands in this JVM, which have no environment of their own. */
    private Path resolved() {
        try {
            String text = CliProcess.resolved(Files.readString(file), servers.addresses());
            return Files.writeString(folder.resolve("resolved.yaml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] arguments(String command, Path file, Path state, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(command, "-c", file.toString(), "--state-dir", state.toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** All messages of a topic so far. */
    List<ConsumedMessage> messages(EventMapping route) {
        try {
            List<ConsumedMessage> all = messages.get(route);
            all.addAll(buses.get(route).readNew());
            return all;
        } catch (Exception e) {
            throw new IllegalStateException(route.topic() + ": " + e.getMessage(), e);
        }
    }

    int messages() {
        return EventMapping.ALL.stream().mapToInt(route -> messages(route).size()).sum();
    }

    TopicComparison readBack(EventMapping route) throws Exception {
        return TopicComparison.of(source, route.table(), messages(route));
    }

    /** Waits until every topic tells its table, each version once. */
    void awaitEqual(RunningCli run) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(
                        () -> {
                            for (EventMapping route : EventMapping.ALL) {
                                TopicComparison back = readBack(route);
                                assertThat(back.equal())
                                        .as("%s: %s\n%s", route.topic(), back, run.output())
                                        .isTrue();
                            }
                        });
    }

    @Override
    public void close() {
        buses.values().forEach(MessageReader::close);
    }
}
