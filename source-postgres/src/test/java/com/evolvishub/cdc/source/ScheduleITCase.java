package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
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

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void pollsOnceAndResumesWhenItIsRunAgain(@FreshDatabase Database source, @TempDir Path folder)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .schedule(new Schedule.Once())
                                .build());
        await().atMost(TIMEOUT)
                .until(
                        () ->
                                running.collected().gate != null
                                        && running.collected().gate.status().source().state()
                                                == MappingState.FINISHED);
        assertThat(running.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(running.rows()).containsExactly("UPSERT 1");
        source.execute("INSERT INTO orders VALUES (2)");

        RunningPipeline resumed = running.restored(running.stopWithSavepoint(folder));
        PostgresSourceITCase.awaitRows(resumed, "UPSERT 1", "UPSERT 2");
        await().untilAsserted(
                        () -> assertThat(PostgresSourceITCase.newRowsRead(resumed)).isEqualTo(1));
    }

    @Test
    void endsTheTaskIfConfigured(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningPipeline running =
                CLUSTER.runUntilFinished(
                        PipelineBuilder.table(source, "orders")
                                .schedule(new Schedule.Once())
                                .build());

        await().atMost(TIMEOUT).until(() -> running.status() == JobStatus.FINISHED);
        assertThat(running.rows()).containsExactly("INSERT 1");
    }

    @Test
    void endsTheTaskAfterARestore(@FreshDatabase Database source, @TempDir Path folder)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .schedule(new Schedule.Once())
                                .build());
        PostgresSourceITCase.awaitRows(running, "UPSERT 1");
        source.execute("INSERT INTO orders VALUES (2)");

        RunningPipeline resumed = running.restoredUntilFinished(running.stopWithSavepoint(folder));
        await().atMost(TIMEOUT).until(() -> resumed.status() == JobStatus.FINISHED);
        assertThat(resumed.rows()).containsExactly("UPSERT 1", "UPSERT 2");
    }

    @Test
    void anEmptySourceReportsItsColumnsAndACompletePoll(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY, item varchar(10))");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .schedule(new Schedule.Once())
                                .build());

        await().atMost(TIMEOUT).until(() -> running.elements().size() == 2);
        PollStarted started = (PollStarted) running.elements().get(0);
        PollEnded ended = (PollEnded) running.elements().get(1);
        assertThat(started.schema().columns())
                .extracting(column -> column.name() + " " + column.type().name())
                .containsExactly("id integer", "item character varying(10)");
        assertThat(started.schema().key()).containsExactly(0);
        assertThat(ended.complete()).isTrue();
        assertThat(ended.poll()).isEqualTo(started.poll());
    }

    @Test
    void allMappingsOfAWorkerFinish(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders SELECT generate_series(1, 10000)");
        RunningPipeline one =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .worker("worker-1", 0)
                                .build());
        RunningPipeline other =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .watermark("id", WatermarkType.INTEGER)
                                .worker("worker-1", 1)
                                .build());

        await().atMost(TIMEOUT).until(() -> one.rows().size() == 10_000);
        await().atMost(TIMEOUT).until(() -> other.rows().size() == 10_000);
    }
}
