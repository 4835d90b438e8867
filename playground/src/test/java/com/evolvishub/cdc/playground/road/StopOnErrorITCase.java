package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One mapping that cannot go on ends the run, and the next run loses and repeats nothing. */
class StopOnErrorITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    @TempDir private Path folder;
    private Database source;
    private Database destination;
    private Road road;

    @BeforeEach
    void twoTables(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        for (String table : new String[] {"good", "bad"}) {
            source.execute(
                    "CREATE TABLE %s (note text, at timestamptz NOT NULL)".formatted(table),
                    "INSERT INTO %s SELECT 'note ' || i, now() FROM generate_series(1, 500) i"
                            .formatted(table));
        }
        road =
                new Road(folder, source, destination)
                        .with("stop_on_error: true\nglobal_sync:\n  interval_seconds: 0.5")
                        .mapping("good", "good", "good_copy", WATERMARK)
                        .mapping("bad", "bad", "bad_copy", WATERMARK);
    }

    private void breakIt() {
        source.execute("ALTER TABLE bad RENAME TO elsewhere");
    }

    private void mendIt() {
        source.execute("ALTER TABLE elsewhere RENAME TO bad");
        for (String table : new String[] {"good", "bad"}) {
            source.execute("INSERT INTO %s VALUES ('later', now())".formatted(table));
        }
    }

    private void awaitRows(String table, int rows) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () ->
                                destination
                                        .queryOne("SELECT count(*) FROM " + table)
                                        .equals(Integer.toString(rows)));
    }

    private void assertLevel() {
        for (String table : new String[] {"good", "bad"}) {
            awaitRows(table + "_copy", 501);
            // without a key a row that came twice would be a row more
            assertThat(Road.content(destination, table + "_copy", "note, at"))
                    .isEqualTo(Road.content(source, table, "note, at"));
        }
    }

    @Test
    void endsAnEmbeddedRunWithExitCodeOne() throws Exception {
        try (CliProcess run = road.start()) {
            awaitRows("good_copy", 500);
            awaitRows("bad_copy", 500);
            breakIt();
            CliProcess.Ended ended = run.await();
            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("error: bad: ", "\"bad\"", "Stopped, because stop_on_error is set.");
        }
        mendIt();
        try (CliProcess run = road.start()) {
            assertLevel();
            run.interrupt();
            assertThat(run.await().exitCode()).isZero();
        }
    }

    @Test
    void failsTheJobOnAClusterAndLeavesACheckpointToGoOnFrom() throws Exception {
        try (FlinkCluster cluster = FlinkCluster.start(folder)) {
            String job = ClusterITCase.submit(cluster, "--config", road.write().toString());
            awaitRows("good_copy", 500);
            awaitRows("bad_copy", 500);
            breakIt();
            await().atMost(PATIENCE)
                    .until(() -> cluster.ask("/jobs/" + job).contains("\"state\":\"FAILED\""));
            assertThat(cluster.ask("/jobs/" + job + "/exceptions"))
                    .contains("stop_on_error: mapping bad is quarantined: ");
            mendIt();

            ClusterITCase.submitFrom(
                    cluster, newestCheckpoint(job).toString(), "--config", road.write().toString());

            assertLevel();
        }
    }

    private Path newestCheckpoint(String job) throws Exception {
        try (Stream<Path> found =
                Files.list(folder.resolve("cluster").resolve("checkpoints").resolve(job))) {
            return found.filter(path -> Files.exists(path.resolve("_metadata")))
                    .max(Comparator.comparing(path -> path.toFile().lastModified()))
                    .orElseThrow();
        }
    }
}
