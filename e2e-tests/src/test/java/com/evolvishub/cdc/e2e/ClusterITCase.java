package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs the job jar on a Flink cluster with JobManager and TaskManager processes. */
class ClusterITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static FlinkCluster cluster;

    @TempDir private Path directory;

    @BeforeAll
    static void startCluster(@TempDir Path directory) throws Exception {
        cluster = FlinkCluster.start(directory);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void loadsOnlyTheAddedMappingAfterASavepoint(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.5");
        for (int i = 1; i <= 6; i++) {
            source.execute(
                    "CREATE TABLE t%d (note text, at timestamptz NOT NULL)".formatted(i),
                    "INSERT INTO t%d SELECT 'note ' || i, now() FROM generate_series(1, 1000) i"
                            .formatted(i));
        }
        for (int i = 1; i <= 5; i++) {
            setup.mapping("m" + i, "t" + i, "copy" + i, WATERMARK);
        }

        String job = submit("--config", setup.write().toString());
        awaitRows(destination, "copy5", 1000);
        String savepoint =
                firstGroup(
                        SAVEPOINT,
                        cluster.cli(
                                "stop",
                                "--savepointPath",
                                directory.resolve("savepoints").toUri().toString(),
                                job));
        for (int i = 1; i <= 5; i++) {
            source.execute("INSERT INTO t%d VALUES ('later', now())".formatted(i));
        }
        setup.mapping("m6", "t6", "copy6", WATERMARK);

        String again = submitFrom(savepoint, "--config", setup.write().toString());

        for (int i = 1; i <= 5; i++) {
            awaitRows(destination, "copy" + i, 1001);
        }
        awaitRows(destination, "copy6", 1000);
        cluster.cancel(again);
        // these tables have no key, so a row that is read again adds a row
        for (int i = 1; i <= 5; i++) {
            assertThat(EndToEndSetup.content(destination, "copy" + i, "note, at"))
                    .isEqualTo(EndToEndSetup.content(source, "t" + i, "note, at"));
        }
    }

    @Test
    void failsTheJobOnAnErrorAndRetainsACheckpointToResumeFrom(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        BreakableMappings mappings = new BreakableMappings(directory, source, destination);
        String job = submit("--config", mappings.setup().write().toString());
        mappings.breakOneMapping();
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () ->
                                assertThat(cluster.get("/jobs/" + job))
                                        .contains("\"state\":\"FAILED\""));
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () ->
                                assertThat(cluster.get("/jobs/" + job + "/exceptions"))
                                        .contains("stop_on_error: mapping bad is quarantined: "));
        mappings.repairMapping();

        String again =
                submitFrom(
                        cluster.newestCheckpoint(job).toString(),
                        "--config",
                        mappings.setup().write().toString());

        mappings.assertCopiesEqual();
        cluster.cancel(again);
    }

    /** On a cluster the job jar must contain Flink's Kafka sink and the Kafka client. */
    @Test
    void commitsKafkaTransactions(@FreshDatabase Database source) {
        KafkaTransactionalDeliveryITCase.createOrders(source, 100);
        EndToEndSetup setup = KafkaTransactionalDeliveryITCase.setup(directory, source, "cluster");

        String job = submit("--config", setup.write().toString());

        KafkaTransactionalDeliveryITCase.awaitSequenceNumbers("cluster", 100);
        cluster.cancel(job);
    }

    private static String submit(String... arguments) {
        return firstGroup(JOB_ID, cluster.run("", arguments));
    }

    private static String submitFrom(String savepoint, String... arguments) {
        return firstGroup(JOB_ID, cluster.run(savepoint, arguments));
    }

    private static String firstGroup(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group(1);
    }

    private static void awaitRows(Database destination, String table, int rows) {
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () -> {
                            assertThat(
                                            destination.queryOne(
                                                    "SELECT to_regclass('%s')".formatted(table)))
                                    .isNotNull();
                            assertThat(destination.queryOne("SELECT count(*) FROM " + table))
                                    .isEqualTo(Integer.toString(rows));
                        });
    }
}
