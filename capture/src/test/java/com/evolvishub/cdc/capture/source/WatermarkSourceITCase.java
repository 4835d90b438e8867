package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.capture.Collector;
import com.evolvishub.cdc.capture.LaneCluster;
import com.evolvishub.cdc.capture.LaneCluster.RunningLane;
import com.evolvishub.cdc.capture.PipelineBuilder;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class WatermarkSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final LaneCluster CLUSTER = new LaneCluster();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void readsWhatIsThereAndThenWhatComes(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text, at timestamptz NOT NULL)",
                "INSERT INTO orders VALUES (2, 'two', '2024-01-01 00:00:00.000002+00'),"
                        + " (1, 'one', '2024-01-01 00:00:00.000001+00')");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .build());

        awaitRows(
                lane,
                "UPSERT 1\tone\t2024-01-01 00:00:00.000001+00",
                "UPSERT 2\ttwo\t2024-01-01 00:00:00.000002+00");

        source.execute(
                "UPDATE orders SET item = 'zwei', at = '2024-01-02 00:00:00+00' WHERE id = 2");
        awaitRows(
                lane,
                "UPSERT 1\tone\t2024-01-01 00:00:00.000001+00",
                "UPSERT 2\ttwo\t2024-01-01 00:00:00.000002+00",
                "UPSERT 2\tzwei\t2024-01-02 00:00:00+00");
    }

    @Test
    void goesOnInsideATieAfterAFailure(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, at timestamp NOT NULL)",
                "INSERT INTO orders SELECT n, '2024-01-01' FROM generate_series(1, 20000) n");
        Pipeline pipeline =
                PipelineBuilder.table(source, "orders")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .pageRows(500)
                        .build();
        LaneKey key = LaneCluster.newKey(pipeline);
        Collector.lane(key).failsAt.set(12_345);
        RunningLane lane = CLUSTER.run(pipeline, key);

        await().atMost(PATIENCE).until(() -> lane.rows().size() >= 20_000);
        assertThat(lane.collected().attempts).hasValue(2);
        assertThat(lane.rows())
                .isEqualTo(
                        IntStream.rangeClosed(1, 20_000)
                                .mapToObj(n -> "UPSERT " + n + "\t2024-01-01 00:00:00")
                                .toList());
    }

    @Test
    void goesOnInsideATieOfRowsWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE visits (page int, at timestamp)",
                // each row twice: rows that are alike are two rows
                "INSERT INTO visits SELECT n / 2, '2024-01-01' FROM generate_series(0, 19999) n");
        Pipeline pipeline =
                PipelineBuilder.table(source, "visits")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .pageRows(500)
                        .build();
        LaneKey key = LaneCluster.newKey(pipeline);
        Collector.lane(key).failsAt.set(12_345);
        RunningLane lane = CLUSTER.run(pipeline, key);

        await().atMost(PATIENCE).until(() -> lane.rows().size() >= 20_000);
        assertThat(lane.collected().attempts).hasValue(2);
        assertThat(lane.rows())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20_000)
                                .mapToObj(n -> "INSERT " + n / 2 + "\t2024-01-01 00:00:00")
                                .toList());
    }

    @Test
    void goesOnFromASavepointWithoutReadingAgain(
            @FreshDatabase Database source, @TempDir Path folder) throws Exception {
        source.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, item text)",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two')");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .build());
        awaitRows(lane, "UPSERT 1\tone", "UPSERT 2\ttwo");
        String savepoint = lane.stopWithSavepoint(folder);
        source.execute("INSERT INTO orders VALUES (3, 'three')");

        RunningLane restored = lane.restored(savepoint);
        awaitRows(restored, "UPSERT 1\tone", "UPSERT 2\ttwo", "UPSERT 3\tthree");
        assertThat(restored.collected().gate.status().rowsRead).hasValue(1);
    }

    static void awaitRows(RunningLane lane, String... rows) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lane.rows()).isEqualTo(List.of(rows)));
    }
}
