package com.evolvishub.cdc.connectors.postgres.progress;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PostgresFencingITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** In this database: the server is shared. */
    private static final String WAITING_FOR_LOCKS =
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND"
                    + " datname = current_database()";

    private Database database;
    private PostgresTestTable destination;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    @Test
    void terminatesAWriterThatIsBlockedInABatch() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
        try (PostgresDestinationClient stuck = destination.client();
                PostgresDestinationClient next = destination.client();
                Connection blocker = database.connect();
                Statement block = blocker.createStatement()) {
            stuck.open(PostgresTestTable.writer("a"));
            stuck.prepare(TestPipeline.KEYED);
            blocker.setAutoCommit(false);
            block.execute("LOCK TABLE orders IN SHARE MODE");
            CompletableFuture<Exception> write =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    stuck.write(
                                            List.of(
                                                    row(TestPipeline.KEYED, "1", "a")
                                                            .withSequence(1)));
                                    return null;
                                } catch (Exception e) {
                                    return e;
                                }
                            });
            await().until(() -> database.queryOne(WAITING_FOR_LOCKS).equals("1"));
            next.open(PostgresTestTable.writer("b"));
            assertThat(stuck.classify(write.join())).isEqualTo(FailureKind.TRANSIENT);
            blocker.rollback();
            next.prepare(TestPipeline.KEYED);
            next.write(List.of(row(TestPipeline.KEYED, "1", "b").withSequence(1)));
        }
        assertThat(destination.rows()).containsExactly("1\tb");
    }

    @Test
    void createsItsTablesOnceIfManyPipelinesStartConcurrently() {
        List<CompletableFuture<Void>> openings =
                IntStream.range(0, 8)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> open("lane " + i)))
                        .toList();
        openings.forEach(CompletableFuture::join);
        assertThat(database.queryOne("SELECT count(*) FROM evolvishub_cdc.lane")).isEqualTo("8");
    }

    private void open(String identity) {
        try (PostgresDestinationClient client = destination.client()) {
            client.open(new WriterIdentity(identity, "run", "writer", "host", "orders", false, 0));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void showsItsMappingInPgStatActivity() throws Exception {
        try (PostgresDestinationClient client = destination.client()) {
            client.open(PostgresTestTable.writer("a"));
            assertThat(
                            database.queryOne(
                                    "SELECT application_name FROM pg_stat_activity JOIN"
                                            + " evolvishub_cdc.lane USING (pid)"))
                    .isEqualTo("evolvishub-cdc orders");
        }
    }

    @Test
    void classifiesAWrongPasswordAndDoesNotShowIt() {
        ConnectionSpec right = destination.endpoint().connection();
        PostgresDestinationClient wrongPassword =
                client(right, right.port(), "no " + right.password().reveal());
        assertThatThrownBy(() -> wrongPassword.open(PostgresTestTable.writer("a")))
                .isInstanceOf(SQLException.class)
                .hasMessageNotContaining(right.password().reveal())
                .satisfies(
                        e ->
                                assertThat(wrongPassword.classify((Exception) e))
                                        .isEqualTo(FailureKind.AUTHENTICATION));
        PostgresDestinationClient unreachable = client(right, 1, "x");
        assertThatThrownBy(() -> unreachable.open(PostgresTestTable.writer("a")))
                .isInstanceOf(SQLException.class)
                .satisfies(
                        e ->
                                assertThat(unreachable.classify((Exception) e))
                                        .isEqualTo(FailureKind.TRANSIENT));
    }

    @Test
    void aLoginAtAnUnresponsiveServerEndsWithTheConnectionTimeout() throws Exception {
        ConnectionSpec direct = destination.endpoint().connection();
        try (TcpProxy way = TcpProxy.listening().to(direct.host(), direct.port())) {
            way.hang();
            // with TLS the driver has its own limit for the first response
            PostgresDestinationClient client = client(withoutTls(direct), way.port(), "x");
            // the limit of the test is far below that of a batch
            assertThatThrownBy(() -> client.open(PostgresTestTable.writer("a")))
                    .isInstanceOf(SQLException.class)
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(FailureKind.TRANSIENT));
        }
    }

    /** Without TLS, and with a response timeout of 1 s. */
    private static ConnectionSpec withoutTls(ConnectionSpec like) {
        return new ConnectionSpec(
                like.host(),
                like.port(),
                like.database(),
                like.username(),
                like.password(),
                new TlsSpec("disable", "", "", ""),
                Duration.ofSeconds(1),
                like.parameters());
    }

    private PostgresDestinationClient client(ConnectionSpec like, int port, String password) {
        ConnectionSpec spec =
                new ConnectionSpec(
                        like.host(),
                        port,
                        like.database(),
                        like.username(),
                        new Secret(password),
                        like.tls(),
                        like.timeout(),
                        like.parameters());
        EndpointSpec endpoint = new EndpointSpec("postgresql", spec, "", "orders", List.of());
        return destination.client(TestPipeline.into(endpoint));
    }
}
