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

/** State that is older than the tables it is compared with, and the way out that is offered. */
@Timeout(600)
class OutdatedStateITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final List<String> TABLES = List.of("made", "found");

    @TempDir private Path folder;

    @Test
    void stopsAndItsWayOutEndsEqual(@FreshDatabase Database source, @FreshDatabase Database there)
            throws IOException {
        for (String table : TABLES) {
            source.execute(
                    "CREATE TABLE %s (id int PRIMARY KEY, name text)".formatted(table),
                    "INSERT INTO %s SELECT g, 'a' FROM generate_series(1, 5) AS g"
                            .formatted(table));
        }
        there.execute("CREATE TABLE found (id int PRIMARY KEY, name text)");
        EndToEndSetup road =
                new EndToEndSetup(folder, source, there)
                        .with("global_sync:\n  mode: one_time")
                        .mapping("made", "made", "made", "capture: diff")
                        .mapping("found", "found", "found", "capture: diff");
        run(road);
        Path copy = folder.resolve("copy");
        copy(road.stateDirectory(), copy);
        change(
                source,
                "UPDATE %s SET name = 'b' WHERE id = 1",
                "INSERT INTO %s VALUES (6, 'a')",
                "DELETE FROM %s WHERE id = 5");
        run(road);
        assertEqual(source, there);

        delete(road.stateDirectory());
        copy(copy, road.stateDirectory());
        change(
                source,
                "UPDATE %s SET name = 'a' WHERE id = 1",
                "DELETE FROM %s WHERE id = 6",
                "INSERT INTO %s VALUES (5, 'a')");
        CliProcess.Ended stopped = road.runInThisJvm();
        assertThat(stopped.exitCode()).as(stopped.output()).isEqualTo(1);
        for (String table : TABLES) {
            assertThat(stopped.output())
                    .contains("--reset " + table)
                    .contains("--delete-extra " + table);
        }

        // of the table that the tool has made, nothing is anybody else's
        CliProcess.Ended reset = road.run("--reset", "made", "--reset", "found");
        assertThat(reset.exitCode()).as(reset.output()).isZero();
        assertThat(there.queryOne("SELECT count(*) FROM made WHERE id = 6")).isEqualTo("0");
        assertThat(there.queryOne("SELECT count(*) FROM found WHERE id = 6")).isEqualTo("1");
        assertThat(reset.output()).contains("1 row at the destination");

        CliProcess.Ended deleted = road.runInThisJvm("--reset", "found", "--delete-extra", "found");
        assertThat(deleted.exitCode()).as(deleted.output()).isZero();
        assertEqual(source, there);

        CliProcess.Ended alone = road.runInThisJvm("--delete-extra", "found");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.output()).contains("add --reset found");
    }

    private static void run(EndToEndSetup road) {
        CliProcess.Ended ended = road.runInThisJvm();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    private static void change(Database source, String... statements) {
        for (String table : TABLES) {
            for (String statement : statements) {
                source.execute(statement.formatted(table));
            }
        }
    }

    private static void assertEqual(Database source, Database there) {
        for (String table : TABLES) {
            String all = "SELECT * FROM " + table + " ORDER BY id";
            assertThat(there.queryAll(all)).as(table).isEqualTo(source.queryAll(all));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
