package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.job.cli.EvolvishubCdc;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any identifier that PostgreSQL accepts works end to end, and malicious input is treated as text.
 */
class UnusualNamesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final List<String> NAMES =
            List.of(
                    "Order",
                    "a.b",
                    "with space",
                    " lead and trail ",
                    "quo\"te",
                    "\"",
                    "it's",
                    "back\\slash\\",
                    "\\N",
                    "🐘🐘",
                    "n".repeat(63),
                    "é".repeat(31) + "x",
                    "select",
                    "user",
                    "100%",
                    "%s %d %n",
                    "%(last_sync)s",
                    "what?",
                    "??",
                    ":x",
                    ":last_sync",
                    "::int",
                    "$1",
                    "$$",
                    "-- not a comment",
                    "/* nor this",
                    "*/",
                    "; DROP TABLE canary; --",
                    "tab\there",
                    "new\nline",
                    "\u0001\u001f",
                    "excluded",
                    "cdc_t",
                    "cdc_rows",
                    "no",
                    "null",
                    "1e3",
                    "{}",
                    "[a]",
                    "#",
                    "a: b",
                    "q",
                    "ROW(1)",
                    "everything");

    private static final int MAPPINGS = 5;

    @TempDir private Path directory;
    private Database source;
    private Database destination;
    private final List<Copy> copies = new ArrayList<>();

    /** A table with unusual names and its destination table. */
    private record Copy(int offset, boolean byWatermark) {

        private static String name(int index) {
            return NAMES.get(Math.floorMod(index, NAMES.size()));
        }

        /** A control character in a table or mapping name is an error in the file. */
        private static String oneLine(int index) {
            return name(index).replaceAll("\\p{Cntrl}", "~");
        }

        String schema() {
            return oneLine(offset);
        }

        String table() {
            return oneLine(offset + 1);
        }

        String key() {
            return name(offset + 2);
        }

        String watermark() {
            return name(offset + 3);
        }

        String excluded() {
            return name(offset + 4);
        }

        String renamed() {
            return name(offset + 5);
        }

        /** Stays within the maximum length of a name. */
        String renamedTo() {
            return "=" + renamed().substring(0, renamed().length() / 2) + "'\"";
        }

        String from() {
            return quoted(schema()) + "." + quoted(table());
        }

        String to() {
            return quoted(table()) + "." + quoted((byWatermark ? "w" : "d") + offset + "\"'");
        }

        List<String> otherColumns() {
            return NAMES.stream()
                    .filter(
                            name ->
                                    !List.of(key(), watermark(), excluded(), renamed())
                                            .contains(name))
                    .toList();
        }

        String mapping() {
            return (byWatermark ? "by watermark " : "by diff ") + offset + oneLine(offset + 6);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @BeforeEach
    void createCanaries(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute("CREATE TABLE canary ()");
        destination.execute("CREATE TABLE canary ()");
    }

    private void createTablesWithUnusualNames() {
        for (int i = 0; i < MAPPINGS; i++) {
            copies.add(new Copy(i * 4, true));
            copies.add(new Copy(NAMES.size() / 2 + i * 4, false));
        }
        for (Copy copy : copies) {
            List<String> columns = new ArrayList<>();
            columns.add(quoted(copy.key()) + " int PRIMARY KEY");
            columns.add(quoted(copy.watermark()) + " timestamptz DEFAULT clock_timestamp()");
            columns.add(quoted(copy.excluded()) + " text DEFAULT 'hidden'");
            columns.add(quoted(copy.renamed()) + " text");
            copy.otherColumns()
                    .forEach(
                            name ->
                                    columns.add(
                                            quoted(name)
                                                    + " text DEFAULT 'of '"
                                                    + " || clock_timestamp()"));
            source.execute(
                    "CREATE SCHEMA IF NOT EXISTS " + quoted(copy.schema()),
                    "CREATE TABLE IF NOT EXISTS %s (%s)"
                            .formatted(copy.from(), String.join(", ", columns)),
                    "INSERT INTO %s (%s, %s) SELECT i, i FROM generate_series(1, 3) i"
                            .formatted(copy.from(), quoted(copy.key()), quoted(copy.renamed())));
            destination.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(copy.table()));
        }
    }

    private EndToEndSetup setup() {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time");
        for (Copy copy : copies) {
            List<String> options = new ArrayList<>();
            options.add("exclude_columns: [" + EndToEndSetup.quoted(copy.excluded()) + "]");
            options.add(
                    "column_mapping: {%s: %s}"
                            .formatted(
                                    EndToEndSetup.quoted(copy.renamed()),
                                    EndToEndSetup.quoted(copy.renamedTo())));
            options.add("key: [" + EndToEndSetup.quoted(copy.key()) + "]");
            if (copy.byWatermark()) {
                options.add(
                        "watermark: {type: timestamp, column: %s}"
                                .formatted(EndToEndSetup.quoted(copy.watermark())));
            }
            setup.mapping(
                    EndToEndSetup.quoted(copy.mapping()),
                    copy.from(),
                    copy.to(),
                    options.toArray(String[]::new));
        }
        return setup;
    }

    @Test
    void anyNameWorksEndToEnd() {
        createTablesWithUnusualNames();
        assertEqualAfterARun();

        for (Copy copy : copies) {
            source.execute(
                    "UPDATE %s SET %s = 'other', %s = clock_timestamp() WHERE %s = 2"
                            .formatted(
                                    copy.from(),
                                    quoted(copy.renamed()),
                                    quoted(copy.watermark()),
                                    quoted(copy.key())),
                    "INSERT INTO %s (%s) VALUES (4)".formatted(copy.from(), quoted(copy.key())));
            if (!copy.byWatermark()) {
                source.execute(
                        "DELETE FROM %s WHERE %s = 1".formatted(copy.from(), quoted(copy.key())));
            }
        }
        assertEqualAfterARun();
    }

    @Test
    void maliciousInputIsTreatedAsText() throws Exception {
        source.execute("CREATE TABLE plain (id int PRIMARY KEY, at timestamptz, note text)");
        String malicious = "x\"'; DROP TABLE canary; --\\";
        List<String> lines =
                List.of(
                        "key: [%s]",
                        "exclude_columns: [%s]",
                        "column_mapping: {note: %s}",
                        "column_mapping: {%s: note}",
                        "delete_when: %s",
                        "custom_query: %s",
                        "renamed_from: %s",
                        "watermark: {type: timestamp, column: %s}",
                        "watermark: {type: timestamp, column: at, initial_value: %s}",
                        "watermark: {type: timestamp, column: at, timezone: %s}");
        for (String text : List.of(malicious, malicious + "\n", "a\0b", "\0")) {
            for (int i = 0; i < lines.size(); i++) {
                EndToEndSetup setup = new EndToEndSetup(directory, source, destination);
                setup.mapping(
                        "m",
                        "plain",
                        "plain_copy",
                        lines.get(i).formatted(EndToEndSetup.quoted(text)));
                assertTreatedAsText(setup);
            }
            assertTreatedAsText(
                    new EndToEndSetup(directory, source, destination).mapping("m", text, "copy"));
            assertTreatedAsText(
                    new EndToEndSetup(directory, source, destination).mapping("m", "plain", text));
            assertTreatedAsText(
                    new EndToEndSetup(directory, source, destination)
                            .mapping(EndToEndSetup.quoted(text), "plain", "copy"));
        }
        assertThat(source.queryOne("SELECT to_regclass('canary')")).isNotNull();
        assertThat(destination.queryOne("SELECT to_regclass('canary')")).isNotNull();
    }

    /** The command succeeds or reports a user error, without a stack trace. */
    private static void assertTreatedAsText(EndToEndSetup setup) {
        StringWriter text = new StringWriter();
        int exitCode =
                EvolvishubCdc.execute(
                        new PrintWriter(text), "validate", "-c", setup.write().toString());
        assertThat(exitCode).as(text.toString()).isIn(0, 2);
        assertThat(text.toString()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    private void assertEqualAfterARun() {
        CliProcess.Ended ended = setup().runInThisJvm();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        for (Copy copy : copies) {
            assertThat(content(destination, copy, copy.to(), copy.renamedTo()))
                    .as(copy.toString())
                    .isEqualTo(content(source, copy, copy.from(), copy.renamed()));
            assertThat(
                            destination.queryOne(
                                    "SELECT count(*) FROM pg_attribute WHERE attrelid ="
                                            + " to_regclass('%s') AND attnum > 0"
                                                    .formatted(copy.to().replace("'", "''"))))
                    .isEqualTo(Integer.toString(NAMES.size() - 1));
        }
        assertThat(source.queryOne("SELECT to_regclass('canary')")).isNotNull();
        assertThat(destination.queryOne("SELECT to_regclass('canary')")).isNotNull();
    }

    private static List<List<String>> content(
            Database database, Copy copy, String table, String renamed) {
        List<String> columns = new ArrayList<>();
        columns.add(quoted(copy.key()));
        columns.add(quoted(copy.watermark()));
        columns.add(quoted(renamed));
        copy.otherColumns().forEach(name -> columns.add(quoted(name)));
        return database.queryAll(
                "SELECT %s FROM %s ORDER BY 1".formatted(String.join(", ", columns), table));
    }
}
