package com.evolvishub.cdc.e2e;

import com.evolvishub.cdc.testing.postgres.Database;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A folder with one YAML file in it, and the two databases it joins. */
final class EndToEndSetup {

    private final Path folder;
    private final Database source;
    private final Database destination;
    private final List<String> mappings = new ArrayList<>();
    private String head = "";

    EndToEndSetup(Path folder, Database source, Database destination) {
        this.folder = folder;
        this.source = source;
        this.destination = destination;
    }

    /** Lines at the top level of the file. */
    EndToEndSetup with(String lines) {
        head += lines.stripTrailing() + "\n";
        return this;
    }

    /** A mapping from one table to another, with more lines of its own. */
    EndToEndSetup mapping(String name, String from, String to, String... more) {
        return mappingInto(name, from, endpoint(destination, to), more);
    }

    /** A mapping of one table into whatever this block names. */
    EndToEndSetup mappingInto(String name, String from, String block, String... more) {
        StringBuilder text = new StringBuilder("  - name: " + name + "\n");
        text.append("    source:\n").append(endpoint(source, from));
        text.append("    destination:\n").append(block);
        for (String line : more) {
            text.append(line.indent(4));
        }
        mappings.add(text.toString());
        return this;
    }

    private static String endpoint(Database database, String table) {
        return """
               type: postgresql
               host: %s
               port: %d
               database: %s
               username: %s
               password: "%s"
               table: %s
               """
                .formatted(
                        database.host(),
                        database.port(),
                        database.name(),
                        database.user(),
                        database.password(),
                        quoted(table))
                .indent(6);
    }

    /** Any text as YAML takes it: the escapes of JSON are among YAML's. */
    static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** Writes the file. */
    Path write() {
        Path file = folder.resolve("multi.yaml");
        try {
            return Files.writeString(
                    file, "name: road\n" + head + "mappings:\n" + String.join("", mappings));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** Runs {@code run-multi} on it to its end. */
    CliProcess.Ended run(String... more) {
        return CliProcess.run(folder, Map.of(), arguments("run-multi", more));
    }

    /**
     * The same in this JVM, for half the work: where it does not matter whose process it is. Its
     * log lines are left out.
     */
    CliProcess.Ended runInThisJvm(String... more) {
        return CliProcess.runHere(argumentsHere(more));
    }

    /** Starts {@code run-multi} on it in this JVM, likewise. */
    CliThread startHere(String... more) {
        return CliThread.start(argumentsHere(more));
    }

    private String[] argumentsHere(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--state-dir", stateDirectory().toString(), "--log-level", "ERROR"));
        return arguments("run-multi", all.toArray(String[]::new));
    }

    /** Runs {@code run-multi} on it to its end, with another heap. */
    CliProcess.Ended runWith(String heap, String... more) {
        try (CliProcess process =
                CliProcess.startWith(heap, folder, Map.of(), arguments("run-multi", more))) {
            return process.await();
        }
    }

    /** Starts {@code run-multi} on it. */
    CliProcess start(String... more) {
        return CliProcess.start(folder, Map.of(), arguments("run-multi", more));
    }

    /** Runs another command on it to its end. */
    CliProcess.Ended command(String command, String... more) {
        return CliProcess.runHere(arguments(command, more));
    }

    /** What {@code status} says of it, as JSON. */
    JsonNode status() throws IOException {
        return new ObjectMapper().readTree(CliProcess.status(write(), stateDirectory(), "json"));
    }

    /** Where {@code run-multi} keeps its state unless it is told otherwise. */
    Path stateDirectory() {
        return folder.resolve(".evolvishub-cdc").resolve("road");
    }

    private String[] arguments(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "-c", write().toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** Content of a table, order aside: how many rows, and a hash over the columns named. */
    static String content(Database database, String table, String columns) {
        return database.queryOne(
                "SELECT count(*) || ' rows ' || coalesce(sum(('x' || substr(md5(row(%s)::text), 1, 15))::bit(60)::bigint), 0) FROM %s"
                        .formatted(columns, table));
    }
}
