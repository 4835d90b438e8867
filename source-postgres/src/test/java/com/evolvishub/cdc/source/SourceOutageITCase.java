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
import com.evolvishub.cdc.source.PipelineTestCluster.RunningLane;
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

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Many times what sockets and the pages on their way hold. */
    private static final int ROWS = 20_000;

    @Test
    void goesOnByItselfWhenTheSourceIsBack(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            RunningLane lane =
                    CLUSTER.run(
                            PipelineBuilder.table(over(network, source), "orders")
                                    .watermark("id", WatermarkType.INTEGER)
                                    .retry(1000, Duration.ofMillis(1))
                                    .build());
            PostgresSourceITCase.awaitRows(lane, "UPSERT 1");

            network.refuseConnections();
            awaitState(lane, MappingState.RETRYING);
            assertThat(lane.collected().gate.status().errors.get()).isPositive();
            source.execute("INSERT INTO orders VALUES (2)");
            network.restore();

            PostgresSourceITCase.awaitRows(lane, "UPSERT 1", "UPSERT 2");
            awaitState(lane, MappingState.IDLE);
            assertThat(lane.status()).isEqualTo(JobStatus.RUNNING);
            assertThat(lane.collected().attempts).hasValue(1);
        }
    }

    @Test
    void goesOnBehindTheLastRowWhenTheConnectionBreaksInTheMiddle(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, pad text)",
                "INSERT INTO orders SELECT n, repeat('x', 2000) FROM generate_series(1, %d) n"
                        .formatted(ROWS));
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            Pipeline pipeline =
                    PipelineBuilder.table(over(network, source), "orders")
                            .watermark("id", WatermarkType.INTEGER)
                            .pageRows(100)
                            .retry(1000, Duration.ofMillis(1))
                            .build();
            PipelineKey key = PipelineTestCluster.newKey(pipeline);
            // with the gate closed most of the rows are still on the other side of the cut
            CollectingOperator.lane(key).closesAt.set(1);
            RunningLane lane = CLUSTER.run(pipeline, key);
            await().atMost(PATIENCE).until(() -> !lane.collected().rows.isEmpty());
            network.refuseConnections();
            network.restore();
            lane.collected().gate.open();

            await().atMost(PATIENCE).until(() -> lane.collected().rows.size() >= ROWS);
            assertThat(lane.rows()).doesNotHaveDuplicates().hasSize(ROWS);
            assertThat(lane.collected().gate.status().errors.get()).isPositive();
        }
    }

    @Test
    void tellsThatASilentSourceIsAwayAndGoesOnWhenItAnswersAgain(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        try (TcpProxy network = TcpProxy.listening().to(source.host(), source.port())) {
            RunningLane lane =
                    CLUSTER.run(
                            PipelineBuilder.table(over(network, source), "orders")
                                    .watermark("id", WatermarkType.INTEGER)
                                    .retry(1000, Duration.ofMillis(1))
                                    .build());
            PostgresSourceITCase.awaitRows(lane, "UPSERT 1");

            network.hang();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                EndpointStatus told = lane.collected().gate.status().source();
                                assertThat(told.state()).isEqualTo(MappingState.RETRYING);
                                assertThat(told.cause())
                                        .containsAnyOf("no answer", "Connection attempt timed out");
                            });
            // each try of the driver's own has ended with it
            awaitEndOfTries();
            source.execute("INSERT INTO orders VALUES (2)");
            network.restore();

            PostgresSourceITCase.awaitRows(lane, "UPSERT 1", "UPSERT 2");
            awaitState(lane, MappingState.IDLE);
            assertThat(lane.collected().attempts).hasValue(1);
        }
    }

    /** Those of other tests end too: nobody else's server is silent. */
    private static void awaitEndOfTries() {
        List<Thread> tries =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().contains("JDBC driver connection"))
                        .toList();
        await().atMost(PATIENCE).until(() -> tries.stream().noneMatch(Thread::isAlive));
    }

    /** The way over the proxy, with three seconds to be answered in. */
    private static ConnectionSpec over(TcpProxy network, Database source) {
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
    void aWrongPasswordIsToldAndNotRepeated(@FreshDatabase Database source) throws Exception {
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
        RunningLane lane = CLUSTER.run(PipelineBuilder.table(wrong, "orders").build());

        awaitState(lane, MappingState.QUARANTINED);
        EndpointStatus condition = lane.collected().gate.status().source();
        assertThat(condition.cause())
                .contains("password authentication failed", "28P01")
                .doesNotContain("sesame");
        assertThat(condition.nextRetry()).isPresent();
    }

    @Test
    void aMissingTableIsNamedWithThoseThatAreNear(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE SCHEMA shop", "CREATE TABLE shop.customers (id int)");
        RunningLane lane = CLUSTER.run(PipelineBuilder.table(source, "custmers").build());

        awaitState(lane, MappingState.QUARANTINED);
        assertThat(lane.collected().gate.status().source().cause())
                .startsWith("there is no table or view \"custmers\" in database")
                .endsWith("near: shop.customers");
    }

    @Test
    void everyMissingColumnIsNamed(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int, item text)");
        RunningLane lane =
                CLUSTER.run(
                        PipelineBuilder.table(source, "orders")
                                .rename("idd", "key")
                                .exclude("ssn")
                                .key("nr")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .build());

        awaitState(lane, MappingState.QUARANTINED);
        assertThat(lane.collected().gate.status().source().cause())
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
        CollectingOperator.lane(key).opensGate = false;
        RunningLane lane = CLUSTER.run(pipeline, key);
        await().atMost(PATIENCE).until(() -> lane.status() == JobStatus.RUNNING);
        await().atMost(PATIENCE).until(() -> lane.collected().gate != null);
        assertThat(connections(source)).isEqualTo("0");

        lane.collected().gate.open();
        PostgresSourceITCase.awaitRows(lane, "INSERT 1");

        lane.collected().gate.close();
        source.execute("INSERT INTO orders VALUES (2)");
        assertThat(lane.rows()).containsExactly("INSERT 1");
        lane.collected().gate.open();
        PostgresSourceITCase.awaitRows(lane, "INSERT 1", "INSERT 2");
    }

    @Test
    void aDisabledMappingOpensNoConnection(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE orders (id int PRIMARY KEY)");
        RunningLane lane = CLUSTER.run(PipelineBuilder.table(source, "orders").disabled().build());

        awaitState(lane, MappingState.DISABLED);
        assertThat(connections(source)).isEqualTo("0");
        assertThat(lane.elements()).isEmpty();
    }

    private static String connections(Database source) {
        return source.queryOne(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'evolvishub%'");
    }

    private static void awaitState(RunningLane lane, MappingState state) {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                lane.collected().gate != null
                                        && lane.collected().gate.status().source().state()
                                                == state);
    }
}
