package com.evolvishub.cdc.connectors.postgres;

import static com.evolvishub.cdc.delivery.TestLane.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import com.evolvishub.cdc.servers.TcpProxy;
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
class PostgresLanesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** In this database: the server is shared. */
    private static final String WAITING_FOR_LOCKS =
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND"
                    + " datname = current_database()";

    private Database database;
    private Destination destination;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = Destination.in(fresh);
    }

    @Test
    void endsAHolderThatIsStuckInABatch() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
        try (PostgresClient stuck = destination.client();
                PostgresClient next = destination.client();
                Connection blocker = database.connect();
                Statement block = blocker.createStatement()) {
            stuck.open(Destination.lane("a"));
            stuck.prepare(TestLane.KEYED);
            blocker.setAutoCommit(false);
            block.execute("LOCK TABLE orders IN SHARE MODE");
            CompletableFuture<Exception> write =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    stuck.write(List.of(row(TestLane.KEYED, "1", "a").numbered(1)));
                                    return null;
                                } catch (Exception e) {
                                    return e;
                                }
                            });
            await().until(() -> database.queryOne(WAITING_FOR_LOCKS).equals("1"));
            next.open(Destination.lane("b"));
            assertThat(stuck.classify(write.join())).isEqualTo(Failure.TRANSIENT);
            blocker.rollback();
            next.prepare(TestLane.KEYED);
            next.write(List.of(row(TestLane.KEYED, "1", "b").numbered(1)));
        }
        assertThat(destination.rows()).containsExactly("1\tb");
    }

    @Test
    void makesItsTablesOnceWhenManyLanesStartTogether() {
        List<CompletableFuture<Void>> openings =
                IntStream.range(0, 8)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> open("lane " + i)))
                        .toList();
        openings.forEach(CompletableFuture::join);
        assertThat(database.queryOne("SELECT count(*) FROM evolvishub_cdc.lane")).isEqualTo("8");
    }

    private void open(String identity) {
        try (PostgresClient client = destination.client()) {
            client.open(new Lane(identity, "run", "writer", "host", "orders", false, 0));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void showsItsMappingToTheServersAdministrator() throws Exception {
        try (PostgresClient client = destination.client()) {
            client.open(Destination.lane("a"));
            assertThat(
                            database.queryOne(
                                    "SELECT application_name FROM pg_stat_activity JOIN"
                                            + " evolvishub_cdc.lane USING (pid)"))
                    .isEqualTo("evolvishub-cdc orders");
        }
    }

    @Test
    void tellsAWrongPasswordFromAnOutageAndShowsNeither() {
        ConnectionSpec right = destination.endpoint().connection();
        PostgresClient wrongPassword =
                client(right, right.port(), "no " + right.password().reveal());
        assertThatThrownBy(() -> wrongPassword.open(Destination.lane("a")))
                .isInstanceOf(SQLException.class)
                .hasMessageNotContaining(right.password().reveal())
                .satisfies(
                        e ->
                                assertThat(wrongPassword.classify((Exception) e))
                                        .isEqualTo(Failure.AUTHENTICATION));
        PostgresClient nobody = client(right, 1, "x");
        assertThatThrownBy(() -> nobody.open(Destination.lane("a")))
                .isInstanceOf(SQLException.class)
                .satisfies(
                        e ->
                                assertThat(nobody.classify((Exception) e))
                                        .isEqualTo(Failure.TRANSIENT));
    }

    @Test
    void aLoginAtASilentServerEndsWithTheConnectionsTimeout() throws Exception {
        ConnectionSpec direct = destination.endpoint().connection();
        try (TcpProxy way = TcpProxy.listening().to(direct.host(), direct.port())) {
            way.silence();
            // with TLS the driver has a limit of its own for the first answer
            PostgresClient client = client(withoutTls(direct), way.port(), "x");
            // the test's own limit is far below that of a batch
            assertThatThrownBy(() -> client.open(Destination.lane("a")))
                    .isInstanceOf(SQLException.class)
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(Failure.TRANSIENT));
        }
    }

    /** Without TLS, and with a second to be answered in. */
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

    private PostgresClient client(ConnectionSpec like, int port, String password) {
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
        return destination.client(TestLane.to(endpoint));
    }
}
