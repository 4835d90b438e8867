package com.evolvishub.cdc.source.dedupe.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.source.CollectingOperator;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.PipelineTestCluster;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.source.dedupe.ContentHash;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DiffITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void detectsInsertsUpdatesAndDeletesOfAView(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "CREATE VIEW latest AS SELECT id, item FROM orders",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two')");
        RunningPipeline running =
                CLUSTER.run(PipelineBuilder.table(source, "latest").key("id").build());
        awaitRows(running, "INSERT 1\tone", "INSERT 2\ttwo");

        source.execute("UPDATE orders SET item = 'zwei' WHERE id = 2");
        awaitRows(running, "INSERT 1\tone", "INSERT 2\ttwo", "UPDATE 2\tzwei");

        source.execute("DELETE FROM orders WHERE id = 1");
        awaitRows(running, "INSERT 1\tone", "INSERT 2\ttwo", "UPDATE 2\tzwei", "DELETE 1");

        source.execute("INSERT INTO orders VALUES (1, 'one')");
        awaitRows(
                running,
                "INSERT 1\tone",
                "INSERT 2\ttwo",
                "UPDATE 2\tzwei",
                "DELETE 1",
                "INSERT 1\tone");
    }

    @Test
    void readsMoreRowsThanTheBatchSize(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders VALUES (1), (2), (3)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text(
                                                "SELECT id FROM orders ORDER BY id LIMIT "),
                                        PollQuery.Placeholder.BATCH_SIZE)
                                .key("id")
                                .pageRows(1)
                                .build());

        awaitRows(running, "INSERT 1", "INSERT 2", "INSERT 3");
    }

    @Test
    void identifiesCopiesOfRowsWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE visits (page text)", "INSERT INTO visits VALUES ('a'), ('b'), ('a')");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "visits").build());
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 3);
        String a = rowId("a");
        assertThat(running.rows())
                .containsExactly(
                        "INSERT a #" + a + "00000000",
                        "INSERT b #" + rowId("b") + "00000000",
                        "INSERT a #" + a + "00000001");

        source.execute("DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits)");
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 4);
        assertThat(running.rows().get(3)).isEqualTo("DELETE  #" + a + "00000001");
    }

    private static String rowId(String content) {
        return HexFormat.of().formatHex(new ContentHash().of(content.getBytes(UTF_8)));
    }

    @Test
    void isCompleteAfterAFailureDuringARead(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 20000) n");
        Pipeline pipeline = PipelineBuilder.table(source, "orders").build();
        PipelineKey key = PipelineTestCluster.newKey(pipeline);
        CollectingOperator.collected(key).failsAt.set(12_345);
        RunningPipeline running = CLUSTER.run(pipeline, key);

        await().atMost(TIMEOUT).until(() -> running.rows().size() == 20_000);
        assertThat(running.collected().attempts).hasValue(2);
        assertThat(running.rows()).doesNotHaveDuplicates();

        source.execute("DELETE FROM orders WHERE id % 4 = 0");
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 25_000);
        assertThat(running.rows().subList(20_000, 25_000))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 5000).mapToObj(n -> "DELETE " + 4 * n).toList());
    }

    @Test
    void thePollEndFollowsItsDeletes(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders SELECT generate_series(1, 10000)");
        Pipeline pipeline =
                PipelineBuilder.table(source, "orders").capture(new Capture.ByDiff(1)).build();
        RunningPipeline running = CLUSTER.run(pipeline);
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 10_000);
        running.collected().gate.close();
        source.execute("DELETE FROM orders");
        running.collected().gate.open();

        await().atMost(TIMEOUT).until(() -> running.rows().size() == 20_000);
        long polls = running.elements().stream().filter(PollEnded.class::isInstance).count();
        await().atMost(TIMEOUT)
                .until(
                        () ->
                                running.elements().stream()
                                                .filter(PollEnded.class::isInstance)
                                                .count()
                                        > polls);
        assertThat(running.rows()).hasSize(20_000);
    }

    @Test
    void quarantinesWhenMostRowsAreMissing(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders SELECT generate_series(1, 101)");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "orders").build());
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 101);

        source.execute("DELETE FROM orders WHERE id > 50");
        await().atMost(TIMEOUT)
                .until(
                        () ->
                                running.collected().gate.status().source().state()
                                        == MappingState.QUARANTINED);
        assertThat(running.collected().gate.status().lastError())
                .startsWith("the read shows 51 rows fewer than the 101 known before")
                .contains("max_delete_ratio (0.5)")
                .contains("(first keys: ")
                .endsWith("start once with --accept-deletes test");
        assertThat(running.rows()).hasSize(101);

        source.execute("INSERT INTO orders SELECT generate_series(51, 60)");
        await().atMost(TIMEOUT).until(() -> running.rows().size() == 101 + 41);
    }

    @Test
    void reportsAKeyThatIsNotUnique(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE visits (page int, at int)",
                "INSERT INTO visits VALUES (1, 1), (1, 2), (2, 1), (NULL, 1)");
        RunningPipeline running =
                CLUSTER.run(PipelineBuilder.table(source, "visits").key("page").build());

        await().atMost(TIMEOUT)
                .until(() -> running.rows().size() == 2 && running.elements().size() >= 4);
        assertThat(running.rows()).containsExactly("INSERT 1\t1", "INSERT 2\t1");
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () ->
                                assertThat(running.collected().gate.status().lastError())
                                        .isEqualTo(
                                                "1 rows were left out: another row of the read has"
                                                        + " the same key (first: 1); the key is none,"
                                                        + " name another one"));
    }

    @Test
    void dropsRepeatedRowsOfAQueryForRecentChanges(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE analysis (customer_id int, total int, analysis_date timestamp)",
                "INSERT INTO analysis VALUES (1, 10, '2020-01-01'), (2, 20, now() - interval '1 s')");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text(
                                                "SELECT customer_id, total FROM analysis"
                                                        + " WHERE analysis_date > "),
                                        PollQuery.Placeholder.LAST_SYNC,
                                        new PollQuery.Text(" -- what is new"))
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .key("customer_id")
                                .build());
        awaitRows(running, "UPSERT 1\t10", "UPSERT 2\t20");

        source.execute("INSERT INTO analysis VALUES (3, 30, now())");
        awaitRows(running, "UPSERT 1\t10", "UPSERT 2\t20", "UPSERT 3\t30");
        source.execute(
                "UPDATE analysis SET total = 21, analysis_date = now() WHERE customer_id = 2");
        awaitRows(running, "UPSERT 1\t10", "UPSERT 2\t20", "UPSERT 3\t30", "UPSERT 2\t21");
    }

    @Test
    void reportsCatchingUpAndDedupeStateRowsDuringTheFirstReadAfterARestore(
            @FreshDatabase Database source, @TempDir Path folder) throws Exception {
        // polls do not wait for table locks, so a function blocks the poll
        source.execute(
                """
                CREATE FUNCTION held() RETURNS int LANGUAGE plpgsql AS $$
                BEGIN
                  WHILE NOT pg_try_advisory_xact_lock_shared(4711) LOOP
                    PERFORM pg_sleep(0.01);
                  END LOOP;
                  RETURN 0;
                END $$""");
        Pipeline pipeline =
                PipelineBuilder.query(
                                source,
                                new PollQuery.Text(
                                        "SELECT n AS id FROM generate_series(1, 3000) n UNION ALL SELECT held()"))
                        .key("id")
                        .build();
        RunningPipeline first = CLUSTER.run(pipeline);
        await().atMost(TIMEOUT).until(() -> first.rows().size() == 3001);
        String savepoint = first.stopWithSavepoint(folder);

        try (Connection holder = source.connect();
                Statement statement = holder.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            RunningPipeline restored = first.restored(savepoint);
            await().atMost(TIMEOUT).until(() -> restored.collected().gate != null);
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> {
                                PipelineStatus status = restored.collected().gate.status();
                                assertThat(status.dedupeStateRows).hasValue(3001);
                                assertThat(status.source().state())
                                        .isEqualTo(MappingState.CATCHING_UP);
                                assertThat(status.polls).hasValue(0);
                            });
        }
    }

    private static void awaitRows(RunningPipeline running, String... rows) {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(running.rows()).isEqualTo(List.of(rows)));
    }
}
