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
 * Runs the example of the message brokers with short poll intervals and reads its topics. File and
 * topics are named after the source database, so that tests can share the servers.
 */
final class EndToEndEventBuses implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Path directory;
    private final EventServers servers;
    private final Database source;
    private final Path file;
    private final Map<EventMapping, MessageReader> readers = new LinkedHashMap<>();
    private final Map<EventMapping, List<ConsumedMessage>> messages = new LinkedHashMap<>();

    EndToEndEventBuses(Path directory, EventServers servers, Database source) throws IOException {
        this.directory = directory;
        this.servers = servers;
        this.source = source;
        String example =
                Files.readString(Path.of("..", "examples", "event_buses.yaml"))
                        .replaceFirst("(?m)^name: .*", "name: " + source.name())
                        .replace("database: ecommerce", "database: " + source.name());
        for (EventMapping mapping : EventMapping.ALL) {
            String topic = mapping.topic() + "_" + source.name();
            example = example.replace(mapping.topic(), topic);
            readers.put(mapping, servers.bus(mapping.into(topic)));
            messages.put(mapping, new ArrayList<>());
        }
        this.file =
                Files.writeString(
                        directory.resolve("event_buses.yaml"),
                        example + "global_sync:\n  interval_seconds: 0.5\n");
    }

    /** Starts {@code run-multi} with this state directory. */
    CliProcess start(Path state, String... more) {
        return CliProcess.start(
                directory, servers.addresses(), arguments("run-multi", file, state, more));
    }

    /** Runs {@code run-multi} in mode one_time to its end, in this JVM. */
    CliProcess.Ended runOnceHere(Path state, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--mode", "one_time"));
        return CliProcess.runInThisJvm(
                arguments("run-multi", resolved(), state, all.toArray(String[]::new)));
    }

    /** Starts {@code run-multi} in this JVM. */
    CliThread startInThisJvm(Path state) {
        return CliThread.start(resolved(), state);
    }

    /** The output of {@code status} for the run with this state directory. */
    String status(Path state) {
        return CliProcess.status(resolved(), state, "json");
    }

    /** The file with variables replaced, for commands in this JVM, whose environment lacks them. */
    private Path resolved() {
        try {
            String text = CliProcess.resolved(Files.readString(file), servers.addresses());
            return Files.writeString(directory.resolve("resolved.yaml"), text);
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
    List<ConsumedMessage> messages(EventMapping mapping) {
        try {
            List<ConsumedMessage> all = messages.get(mapping);
            all.addAll(readers.get(mapping).readNew());
            return all;
        } catch (Exception e) {
            throw new IllegalStateException(mapping.topic() + ": " + e.getMessage(), e);
        }
    }

    int messages() {
        return EventMapping.ALL.stream().mapToInt(mapping -> messages(mapping).size()).sum();
    }

    TopicComparison compare(EventMapping mapping) throws Exception {
        return TopicComparison.of(source, mapping.table(), messages(mapping));
    }

    /** Waits until every topic matches its table, with each version once. */
    void awaitEqual(RunningCli run) {
        await().atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(
                        () -> {
                            for (EventMapping mapping : EventMapping.ALL) {
                                TopicComparison comparison = compare(mapping);
                                assertThat(comparison.equal())
                                        .as("%s: %s\n%s", mapping.topic(), comparison, run.output())
                                        .isTrue();
                            }
                        });
    }

    @Override
    public void close() {
        readers.values().forEach(MessageReader::close);
    }
}
