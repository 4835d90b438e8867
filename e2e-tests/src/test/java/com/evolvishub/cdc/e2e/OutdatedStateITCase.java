package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** State that is older than the destination tables, and the recovery that the tool offers. */
@Timeout(600)
class OutdatedStateITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final List<String> TABLES = List.of("made", "found");

    @TempDir private Path directory;

    @Test
    void stopsAndAReloadMakesTheTablesEqual(
            @FreshDatabase Database source, @FreshDatabase Database destination)
            throws IOException {
        for (String table : TABLES) {
            source.execute(
                    "CREATE TABLE %s (id int PRIMARY KEY, name text)".formatted(table),
                    "INSERT INTO %s SELECT g, 'a' FROM generate_series(1, 5) AS g"
                            .formatted(table));
        }
        destination.execute("CREATE TABLE found (id int PRIMARY KEY, name text)");
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  mode: one_time")
                        .mapping("made", "made", "made", "capture: diff")
                        .mapping("found", "found", "found", "capture: diff");
        run(setup);
        Path copy = directory.resolve("copy");
        copy(setup.stateDirectory(), copy);
        change(
                source,
                "UPDATE %s SET name = 'b' WHERE id = 1",
                "INSERT INTO %s VALUES (6, 'a')",
                "DELETE FROM %s WHERE id = 5");
        run(setup);
        assertEqual(source, destination);

        delete(setup.stateDirectory());
        copy(copy, setup.stateDirectory());
        change(
                source,
                "UPDATE %s SET name = 'a' WHERE id = 1",
                "DELETE FROM %s WHERE id = 6",
                "INSERT INTO %s VALUES (5, 'a')");
        CliProcess.Ended stopped = setup.runInThisJvm();
        assertThat(stopped.exitCode()).as(stopped.output()).isEqualTo(1);
        for (String table : TABLES) {
            assertThat(stopped.output())
                    .contains("--reset " + table)
                    .contains("--delete-extra " + table);
        }

        // in a table that the tool has created, all rows are its own
        CliProcess.Ended reset = setup.run("--reset", "made", "--reset", "found");
        assertThat(reset.exitCode()).as(reset.output()).isZero();
        assertThat(destination.queryOne("SELECT count(*) FROM made WHERE id = 6")).isEqualTo("0");
        assertThat(destination.queryOne("SELECT count(*) FROM found WHERE id = 6")).isEqualTo("1");
        assertThat(reset.output()).contains("1 row at the destination");

        CliProcess.Ended deleted =
                setup.runInThisJvm("--reset", "found", "--delete-extra", "found");
        assertThat(deleted.exitCode()).as(deleted.output()).isZero();
        assertEqual(source, destination);

        CliProcess.Ended alone = setup.runInThisJvm("--delete-extra", "found");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.output()).contains("add --reset found");
    }

    private static void run(EndToEndSetup setup) {
        CliProcess.Ended ended = setup.runInThisJvm();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    private static void change(Database source, String... statements) {
        for (String table : TABLES) {
            for (String statement : statements) {
                source.execute(statement.formatted(table));
            }
        }
    }

    private static void assertEqual(Database source, Database destination) {
        for (String table : TABLES) {
            String paths = "SELECT * FROM " + table + " ORDER BY id";
            assertThat(destination.queryAll(paths)).as(table).isEqualTo(source.queryAll(paths));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
