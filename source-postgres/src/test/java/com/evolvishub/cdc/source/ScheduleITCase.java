package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningLane;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ScheduleITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void pollsOnceAndParksAndGoesOnWhenItIsRunAgain(
            @FreshDatabase Database source, @TempDir Path folder) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .schedule(new Schedule.Once())
                                .build());
        await().atMost(PATIENCE)
                .until(
                        () ->
                                lane.collected().gate != null
                                        && lane.collected().gate.status().source().state()
                                                == MappingState.FINISHED);
        assertThat(lane.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(lane.rows()).containsExactly("UPSERT 1");
        source.execute("INSERT INTO orders VALUES (2)");

        RunningLane again = lane.restored(lane.stopWithSavepoint(folder));
        PostgresSourceITCase.awaitRows(again, "UPSERT 1", "UPSERT 2");
        await().untilAsserted(
                        () -> assertThat(PostgresSourceITCase.rowsHandedOn(again)).isEqualTo(1));
    }

    @Test
    void endsTheTaskIfAskedTo(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningLane lane =
                CLUSTER.runToItsEnd(
                        PipelineBuilder.table(source, "orders")
                                .schedule(new Schedule.Once())
                                .build());

        await().atMost(PATIENCE).until(() -> lane.status() == JobStatus.FINISHED);
        assertThat(lane.rows()).containsExactly("INSERT 1");
    }

    @Test
    void endsTheTaskAlsoWhenItWasRestored(@FreshDatabase Database source, @TempDir Path folder)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .schedule(new Schedule.Once())
                                .build());
        PostgresSourceITCase.awaitRows(lane, "UPSERT 1");
        source.execute("INSERT INTO orders VALUES (2)");

        RunningLane again = lane.restoredToItsEnd(lane.stopWithSavepoint(folder));
        await().atMost(PATIENCE).until(() -> again.status() == JobStatus.FINISHED);
        assertThat(again.rows()).containsExactly("UPSERT 1", "UPSERT 2");
    }

    @Test
    void anEmptySourceTellsItsColumnsAndThatItWasRead(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, item varchar(10))");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .schedule(new Schedule.Once())
                                .build());

        await().atMost(PATIENCE).until(() -> lane.elements().size() == 2);
        PollStarted started = (PollStarted) lane.elements().get(0);
        PollEnded ended = (PollEnded) lane.elements().get(1);
        assertThat(started.schema().columns())
                .extracting(column -> column.name() + " " + column.type().name())
                .containsExactly("id integer", "item character varying(10)");
        assertThat(started.schema().key()).containsExactly(0);
        assertThat(ended.complete()).isTrue();
        assertThat(ended.poll()).isEqualTo(started.poll());
    }

    @Test
    void mappingsOfOneWorkerAllComeToTheirEnd(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders SELECT generate_series(1, 10000)");
        RunningLane one =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .worker("worker-1", 0)
                                .build());
        RunningLane other =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .worker("worker-1", 1)
                                .build());

        await().atMost(PATIENCE).until(() -> one.rows().size() == 10_000);
        await().atMost(PATIENCE).until(() -> other.rows().size() == 10_000);
    }
}
