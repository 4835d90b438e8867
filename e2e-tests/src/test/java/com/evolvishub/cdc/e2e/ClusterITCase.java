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

/** The job jar on a real cluster: JobManager and TaskManager in processes of their own. */
class ClusterITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");
    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static FlinkCluster cluster;

    @TempDir private Path folder;

    @BeforeAll
    static void startCluster(@TempDir Path folder) throws Exception {
        cluster = FlinkCluster.start(folder);
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
        EndToEndSetup road =
                new EndToEndSetup(folder, source, destination)
                        .with("global_sync:\n  interval_seconds: 0.5");
        for (int i = 1; i <= 6; i++) {
            source.execute(
                    "CREATE TABLE t%d (note text, at timestamptz NOT NULL)".formatted(i),
                    "INSERT INTO t%d SELECT 'note ' || i, now() FROM generate_series(1, 1000) i"
                            .formatted(i));
        }
        for (int i = 1; i <= 5; i++) {
            road.mapping("m" + i, "t" + i, "copy" + i, WATERMARK);
        }

        String job = submit("--config", road.write().toString());
        awaitRows(destination, "copy5", 1000);
        String savepoint =
                found(
                        SAVEPOINT,
                        cluster.cli(
                                "stop",
                                "--savepointPath",
                                folder.resolve("savepoints").toUri().toString(),
                                job));
        for (int i = 1; i <= 5; i++) {
            source.execute("INSERT INTO t%d VALUES ('later', now())".formatted(i));
        }
        road.mapping("m6", "t6", "copy6", WATERMARK);

        String again = submitFrom(savepoint, "--config", road.write().toString());

        for (int i = 1; i <= 5; i++) {
            awaitRows(destination, "copy" + i, 1001);
        }
        awaitRows(destination, "copy6", 1000);
        cluster.cancel(again);
        // these tables have no key: a row read again would be a row more
        for (int i = 1; i <= 5; i++) {
            assertThat(EndToEndSetup.content(destination, "copy" + i, "note, at"))
                    .isEqualTo(EndToEndSetup.content(source, "t" + i, "note, at"));
        }
    }

    @Test
    void failsTheJobOnAnErrorAndLeavesACheckpointToGoOnFrom(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        BreakableMappings two = new BreakableMappings(folder, source, destination);
        String job = submit("--config", two.road().write().toString());
        two.breakIt();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(cluster.ask("/jobs/" + job))
                                        .contains("\"state\":\"FAILED\""));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(cluster.ask("/jobs/" + job + "/exceptions"))
                                        .contains("stop_on_error: mapping bad is quarantined: "));
        two.repairIt();

        String again =
                submitFrom(
                        cluster.newestCheckpoint(job).toString(),
                        "--config",
                        two.road().write().toString());

        two.assertLevel();
        cluster.cancel(again);
    }

    /** Where the job's jar has to bring Flink's sink, and Kafka's client with it. */
    @Test
    void commitsTransactionsOfKafka(@FreshDatabase Database source) {
        KafkaTransactionalDeliveryITCase.createOrders(source, 100);
        EndToEndSetup road = KafkaTransactionalDeliveryITCase.road(folder, source, "cluster");

        String job = submit("--config", road.write().toString());

        KafkaTransactionalDeliveryITCase.awaitNumbers("cluster", 100);
        cluster.cancel(job);
    }

    private static String submit(String... arguments) {
        return found(JOB_ID, cluster.run("", arguments));
    }

    private static String submitFrom(String savepoint, String... arguments) {
        return found(JOB_ID, cluster.run(savepoint, arguments));
    }

    private static String found(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group(1);
    }

    private static void awaitRows(Database destination, String table, int rows) {
        await().atMost(PATIENCE)
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
