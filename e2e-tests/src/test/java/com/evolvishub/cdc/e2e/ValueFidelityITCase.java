package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Values of all types arrive unchanged at the destination, in all capture and delivery modes. */
class ValueFidelityITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    private static final List<String> COPIES =
            List.of(
                    "created",
                    "existing",
                    "appended",
                    "existing_log",
                    "compared",
                    "prepared",
                    "queried");

    @TempDir private Path directory;
    private Database source;
    private Database destination;
    private EndToEndSetup setup;

    @BeforeEach
    void createTableOfEveryType(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(EveryTypeTable.extensions());
        source.execute(EveryTypeTable.userTypes());
        source.execute(
                "CREATE TABLE everything (id int PRIMARY KEY, at timestamptz NOT NULL, "
                        + EveryTypeTable.columns()
                        + ")");
        for (int i = 1; i <= EveryTypeTable.ROWS; i++) {
            source.execute(
                    "INSERT INTO everything VALUES (%d, now(), %s)"
                            .formatted(i, EveryTypeTable.row(i)));
        }
        source.execute("CREATE VIEW keyless AS SELECT * FROM everything");
        destination.execute(EveryTypeTable.extensions());
        setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .with("shared_checkpoints: true")
                        .mapping("created", "everything", "created", WATERMARK)
                        .mapping("existing", "everything", "existing", WATERMARK)
                        .mapping("appended", "keyless", "appended", WATERMARK)
                        .mapping("existing_log", "keyless", "existing_log", WATERMARK)
                        .mapping("compared", "everything", "compared")
                        .mapping(
                                "prepared",
                                "everything",
                                "prepared",
                                WATERMARK,
                                "delivery: transactional")
                        .mapping(
                                "queried",
                                "everything",
                                "queried",
                                "custom_query: SELECT * FROM everything",
                                "key: [id]",
                                WATERMARK);
    }

    /** Sets both databases to settings that differ as much as possible. */
    private void applyDifferentSettings() {
        set(
                source,
                "DateStyle = 'SQL, DMY'",
                "TimeZone = 'Asia/Kathmandu'",
                "IntervalStyle = 'sql_standard'",
                "bytea_output = 'escape'",
                "extra_float_digits = -5",
                "quote_all_identifiers = on",
                "standard_conforming_strings = off");
        set(
                destination,
                "DateStyle = 'German'",
                "TimeZone = 'America/St_Johns'",
                "IntervalStyle = 'iso_8601'",
                "array_nulls = off",
                "xmloption = 'document'");
    }

    private static void set(Database database, String... settings) {
        for (String setting : settings) {
            database.execute("ALTER DATABASE \"%s\" SET %s".formatted(database.name(), setting));
        }
    }

    private static void reset(Database database) {
        database.execute("ALTER DATABASE \"%s\" RESET ALL".formatted(database.name()));
    }

    private void createExistingTables() {
        destination.execute(EveryTypeTable.userTypes());
        String columns = "(id int %s, at timestamptz NOT NULL, " + EveryTypeTable.columns() + ")";
        destination.execute(
                "CREATE TABLE existing " + columns.formatted("PRIMARY KEY"),
                "CREATE TABLE existing_log " + columns.formatted(""),
                "INSERT INTO existing (id, at, c0) VALUES (1, now(), 7), (2, now(), 7)");
    }

    @Test
    void everyValueArrivesUnchanged() {
        createExistingTables();
        assertRuns();
        assertSame();

        for (int i = 1; i <= EveryTypeTable.ROWS; i++) {
            source.execute(
                    "UPDATE everything SET (at, %s) = (clock_timestamp(), %s) WHERE id = %d"
                            .formatted(
                                    String.join(", ", EveryTypeTable.names()),
                                    EveryTypeTable.row(i + 1),
                                    i));
        }
        assertRuns();
        assertSame();
    }

    private void assertRuns() {
        applyDifferentSettings();
        CliProcess.Ended ended = setup.runInThisJvm();
        reset(source);
        reset(destination);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    private void assertSame() {
        List<String> expected = content(source, "everything");
        for (String copy : COPIES) {
            assertThat(content(destination, latest(copy))).as(copy).isEqualTo(expected);
        }
    }

    /** The latest version of each row: tables without a key hold all versions. */
    private static String latest(String table) {
        return "(SELECT DISTINCT ON (id) * FROM %s ORDER BY id, at DESC) t".formatted(table);
    }

    /** For each column its type and a hash over the text output of all values. */
    private static List<String> content(Database database, String from) {
        String hashes =
                EveryTypeTable.names().stream()
                        .map(
                                name ->
                                        "md5(string_agg(row(%1$s)::text, ';' ORDER BY id))"
                                                .formatted(name))
                        .collect(Collectors.joining(", "));
        List<String> row =
                database.queryAll("SELECT count(*), %s FROM %s".formatted(hashes, from)).get(0);
        return IntStream.range(0, row.size())
                .mapToObj(
                        i ->
                                i == 0
                                        ? row.get(0) + " rows"
                                        : EveryTypeTable.type("c" + (i - 1)) + " " + row.get(i))
                .toList();
    }
}
