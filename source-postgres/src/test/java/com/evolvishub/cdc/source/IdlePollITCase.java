package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Counts the statements of a poll that finds nothing, in the server's log. */
class IdlePollITCase {

    private static final int POLLS = 20;

    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().logsStatements().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aWatermarkPollSendsThreeStatements() throws Exception {
        Database source = filled("by_watermark");
        assertThat(
                        statements(
                                PipelineBuilder.table(source, "t")
                                        .watermark("at", WatermarkType.TIMESTAMP)))
                .isEqualTo(3);
    }

    @Test
    void aDiffSendsThreeStatements() throws Exception {
        Database source = filled("diff");
        assertThat(statements(PipelineBuilder.table(source, "t"))).isEqualTo(3);
    }

    @Test
    void aQuerySendsThreeStatements() throws Exception {
        Database source = filled("query");
        assertThat(
                        statements(
                                PipelineBuilder.query(
                                                source,
                                                new PollQuery.Text("SELECT * FROM t WHERE at > "),
                                                PollQuery.Placeholder.LAST_SYNC)
                                        .key("id")
                                        .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))))
                .isEqualTo(3);
    }

    private static Database filled(String name) {
        Database source = server.createDatabase(name);
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, a text)",
                "INSERT INTO t VALUES (1, now() - interval '1 h', 'a')");
        return source;
    }

    /**
     * The number of statements of a poll, rounded, without its start, which is one message with the
     * settings and the lock, and without its end.
     */
    private static long statements(PipelineBuilder builder) throws Exception {
        RunningPipeline running =
                CLUSTER.run(builder.schedule(new Schedule.Every(Duration.ofMillis(50))).build());
        await().until(() -> running.rows().size() == 1);
        var polls = running.collected().gate.status().polls;
        long first = polls.get() + 5;
        await().until(() -> polls.get() >= first);
        long before = Files.size(server.logFile());
        await().until(() -> polls.get() >= first + POLLS);
        String log = Files.readString(server.logFile()).substring((int) before);
        running.cancel();
        List<String> sent =
                Arrays.stream(log.split("\n(?=\\d{4}-\\d\\d-\\d\\d )", -1))
                        .filter(entry -> entry.contains("LOG:  "))
                        .flatMap(entry -> Arrays.stream(entry.split("(LOG:  .*?: |;)", -1)).skip(1))
                        .map(String::strip)
                        .filter(
                                sql ->
                                        !sql.matches(
                                                "(?s)|BEGIN.*|SET LOCAL.*|LOCK TABLE.*|ROLLBACK.*|COMMIT.*"))
                        .toList();
        long reads = sent.stream().filter(sql -> sql.startsWith("COPY (")).count();
        return Math.round((double) sent.size() / reads);
    }
}
