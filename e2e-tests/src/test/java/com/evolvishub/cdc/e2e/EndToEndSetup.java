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

/** A directory with one YAML file, and the two databases that the file connects. */
final class EndToEndSetup {

    private final Path directory;
    private final Database source;
    private final Database destination;
    private final List<String> mappings = new ArrayList<>();
    private String head = "";

    EndToEndSetup(Path directory, Database source, Database destination) {
        this.directory = directory;
        this.source = source;
        this.destination = destination;
    }

    /** Adds lines at the top level of the file. */
    EndToEndSetup with(String lines) {
        head += lines.stripTrailing() + "\n";
        return this;
    }

    /** Adds a mapping from one table to another, with more lines. */
    EndToEndSetup mapping(String name, String from, String to, String... more) {
        return mappingInto(name, from, endpoint(destination, to), more);
    }

    /** Adds a mapping from one table to the destination in {@code block}. */
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

    /** Quotes a text for YAML, which accepts the escapes of JSON. */
    static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** Writes the file. */
    Path write() {
        Path file = directory.resolve("multi.yaml");
        try {
            return Files.writeString(
                    file, "name: road\n" + head + "mappings:\n" + String.join("", mappings));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs {@code run-multi} to its end. */
    CliProcess.Ended run(String... more) {
        return CliProcess.run(directory, Map.of(), arguments("run-multi", more));
    }

    /** Runs {@code run-multi} to its end in this JVM, which is faster; logs only errors. */
    CliProcess.Ended runInThisJvm(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--state-dir", stateDirectory().toString(), "--log-level", "ERROR"));
        return CliProcess.runInThisJvm(arguments("run-multi", all.toArray(String[]::new)));
    }

    /** Starts {@code run-multi} in this JVM; logs only errors. */
    CliThread startInThisJvm(String... more) {
        return CliThread.start(write(), stateDirectory(), more);
    }

    /** Runs {@code run-multi} to its end with another heap. */
    CliProcess.Ended runWith(String heap, String... more) {
        try (CliProcess process =
                CliProcess.startWith(heap, directory, Map.of(), arguments("run-multi", more))) {
            return process.await();
        }
    }

    /** Starts {@code run-multi}. */
    CliProcess start(String... more) {
        return CliProcess.start(directory, Map.of(), arguments("run-multi", more));
    }

    /** Runs another command to its end in this JVM. */
    CliProcess.Ended command(String command, String... more) {
        return CliProcess.runInThisJvm(arguments(command, more));
    }

    /** The output of {@code status} as JSON. */
    JsonNode status() throws IOException {
        return new ObjectMapper().readTree(CliProcess.status(write(), stateDirectory(), "json"));
    }

    /** The default state directory of {@code run-multi}. */
    Path stateDirectory() {
        return directory.resolve(".evolvishub-cdc").resolve("road");
    }

    private String[] arguments(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "-c", write().toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** Row count and a hash over the given columns of a table, independent of the order of rows. */
    static String content(Database database, String table, String columns) {
        return database.queryOne(
                "SELECT count(*) || ' rows ' || coalesce(sum(('x' || substr(md5(row(%s)::text), 1, 15))::bit(60)::bigint), 0) FROM %s"
                        .formatted(columns, table));
    }
}
