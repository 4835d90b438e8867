package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SourceOutageITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Many more rows than socket buffers and pages in flight hold. */
    private static final int ROWS = 20_000;

    @Test
    void recoversWhenTheSourceIsAvailableAgain(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            RunningPipeline running =
                    CLUSTER.run(
                            PipelineBuilder.table(through(network, source), "orders")
                                    .watermark("id", WatermarkType.INTEGER)
                                    .retry(1000, Duration.ofMillis(1))
                                    .build());
            PostgresSourceITCase.awaitRows(running, "UPSERT 1");

            network.refuseConnections();
            awaitState(running, MappingState.RETRYING);
            assertThat(running.collected().gate.status().errors.get()).isPositive();
            source.execute("INSERT INTO orders VALUES (2)");
            network.restore();

            PostgresSourceITCase.awaitRows(running, "UPSERT 1", "UPSERT 2");
            awaitState(running, MappingState.IDLE);
            assertThat(running.status()).isEqualTo(JobStatus.RUNNING);
            assertThat(running.collected().attempts).hasValue(1);
        }
    }

    @Test
    void resumesAfterTheLastRowWhenTheConnectionBreaksDuringARead(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, pad text)",
                "INSERT INTO orders SELECT n, repeat('x', 2000) FROM generate_series(1, %d) n"
                        .formatted(ROWS));
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            Pipeline pipeline =
                    PipelineBuilder.table(through(network, source), "orders")
                            .watermark("id", WatermarkType.INTEGER)
                            .pageRows(100)
                            .retry(1000, Duration.ofMillis(1))
                            .build();
            PipelineKey key = PipelineTestCluster.newKey(pipeline);
            // while the gate is closed, most of the rows are still at the server
            CollectingOperator.collected(key).closesAt.set(1);
            RunningPipeline running = CLUSTER.run(pipeline, key);
            await().atMost(TIMEOUT).until(() -> !running.collected().rows.isEmpty());
            network.refuseConnections();
            network.restore();
            running.collected().gate.open();

            await().atMost(TIMEOUT).until(() -> running.collected().rows.size() >= ROWS);
            assertThat(running.rows()).doesNotHaveDuplicates().hasSize(ROWS);
            assertThat(running.collected().gate.status().errors.get()).isPositive();
        }
    }

    @Test
    void reportsAnUnresponsiveSourceAndRecoversWhenItRespondsAgain(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            RunningPipeline running =
                    CLUSTER.run(
                            PipelineBuilder.table(through(network, source), "orders")
                                    .watermark("id", WatermarkType.INTEGER)
                                    .retry(1000, Duration.ofMillis(1))
                                    .build());
            PostgresSourceITCase.awaitRows(running, "UPSERT 1");

            network.hang();
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> {
                                EndpointStatus sourceStatus =
                                        running.collected().gate.status().source();
                                assertThat(sourceStatus.state()).isEqualTo(MappingState.RETRYING);
                                assertThat(sourceStatus.cause())
                                        .containsAnyOf("no answer", "Connection attempt timed out");
                            });
            // wait until the driver's own connection attempts have ended
            awaitEndOfConnectionAttempts();
            source.execute("INSERT INTO orders VALUES (2)");
            network.restore();

            PostgresSourceITCase.awaitRows(running, "UPSERT 1", "UPSERT 2");
            awaitState(running, MappingState.IDLE);
            assertThat(running.collected().attempts).hasValue(1);
        }
    }

    /** Includes the attempts of other tests, which end soon because their servers respond. */
    private static void awaitEndOfConnectionAttempts() {
        List<Thread> attemptThreads =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().contains("JDBC driver connection"))
                        .toList();
        await().atMost(TIMEOUT).until(() -> attemptThreads.stream().noneMatch(Thread::isAlive));
    }

    /** A connection through the proxy, with a timeout of three seconds. */
    private static ConnectionSpec through(TcpProxy network, Database source) {
        ConnectionSpec direct = PipelineBuilder.connection(source);
        return new ConnectionSpec(
                network.host(),
                network.port(),
                direct.database(),
                direct.username(),
                direct.password(),
                direct.tls(),
                Duration.ofSeconds(3),
                direct.parameters());
    }

    @Test
    void aWrongPasswordQuarantinesTheMapping(@FreshDatabase Database source) throws Exception {
        ConnectionSpec right = PipelineBuilder.connection(source);
        ConnectionSpec wrong =
                new ConnectionSpec(
                        right.host(),
                        right.port(),
                        right.database(),
                        right.username(),
                        new Secret("sesame-open"),
                        right.tls(),
                        right.timeout(),
                        right.parameters());
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(wrong, "orders").build());

        awaitState(running, MappingState.QUARANTINED);
        EndpointStatus endpointStatus = running.collected().gate.status().source();
        assertThat(endpointStatus.cause())
                .contains("password authentication failed", "28P01")
                .doesNotContain("sesame");
        assertThat(endpointStatus.nextRetry()).isPresent();
    }

    @Test
    void aMissingTableIsReportedWithSimilarNames(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE SCHEMA shop", "CREATE TABLE shop.customers (id int)");
        RunningPipeline running = CLUSTER.run(PipelineBuilder.table(source, "custmers").build());

        awaitState(running, MappingState.QUARANTINED);
        assertThat(running.collected().gate.status().source().cause())
                .startsWith("there is no table or view \"custmers\" in database")
                .endsWith("near: shop.customers");
    }

    @Test
    void reportsEveryMissingColumn(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int, item text)");
        RunningPipeline running =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .rename("idd", "key")
                                .exclude("ssn")
                                .key("nr")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .build());

        awaitState(running, MappingState.QUARANTINED);
        assertThat(running.collected().gate.status().source().cause())
                .isEqualTo(
                        "column_mapping names the column \"idd\", which is not there; exclude_columns"
                                + " names the column \"ssn\", which is not there; key names the column"
                                + " \"nr\", which is not there; watermark names the column \"at\","
                                + " which is not there; the columns of table"
                                + " \"public\".\"orders\" are id, item");
    }

    @Test
    void readsNothingWhileTheGateIsClosed(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        Pipeline pipeline = PipelineBuilder.table(source, "orders").build();
        PipelineKey key = PipelineTestCluster.newKey(pipeline);
        CollectingOperator.collected(key).opensGate = false;
        RunningPipeline running = CLUSTER.run(pipeline, key);
        await().atMost(TIMEOUT).until(() -> running.status() == JobStatus.RUNNING);
        await().atMost(TIMEOUT).until(() -> running.collected().gate != null);
        assertThat(connections(source)).isEqualTo("0");

        running.collected().gate.open();
        PostgresSourceITCase.awaitRows(running, "INSERT 1");

        running.collected().gate.close();
        source.execute("INSERT INTO orders VALUES (2)");
        assertThat(running.rows()).containsExactly("INSERT 1");
        running.collected().gate.open();
        PostgresSourceITCase.awaitRows(running, "INSERT 1", "INSERT 2");
    }

    @Test
    void aDisabledMappingOpensNoConnection(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)");
        RunningPipeline running =
                CLUSTER.run(PipelineBuilder.table(source, "orders").disabled().build());

        awaitState(running, MappingState.DISABLED);
        assertThat(connections(source)).isEqualTo("0");
        assertThat(running.elements()).isEmpty();
    }

    private static String connections(Database source) {
        return source.queryOne(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'evolvishub%'");
    }

    private static void awaitState(RunningPipeline running, MappingState state) {
        await().atMost(TIMEOUT)
                .until(
                        () ->
                                running.collected().gate != null
                                        && running.collected().gate.status().source().state()
                                                == state);
    }
}
