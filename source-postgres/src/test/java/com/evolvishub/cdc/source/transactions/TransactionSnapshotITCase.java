package com.evolvishub.cdc.source.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TransactionSnapshotITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void showsOpenTransactionsToAnyRole(@FreshDatabase Database source) throws Exception {
        try (Connection writer = open(source, "billing");
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            TransactionSnapshot snapshot =
                    await().until(
                                    () -> TransactionSnapshot.take(reader),
                                    taken -> taken.openTransactions().size() == 1);
            assertThat(snapshot.standby()).isFalse();
            OpenTransaction seen = snapshot.openTransactions().get(0);
            assertThat(snapshot.openTransactions()).hasSize(1);
            assertThat(seen.description()).startsWith("pid ").contains("app billing");
            // the activity of another role's session is hidden
            assertThat(seen.started()).isEmpty();

            writer.rollback();
            await().untilAsserted(() -> assertOpen(reader, 0));
        }
    }

    @Test
    void showsTheStartOfATransactionToAPrivilegedRole(@FreshDatabase Database source)
            throws Exception {
        try (Connection writer = open(source, "billing");
                Statement statement = writer.createStatement();
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            OpenTransaction seen = only(reader);
            try (var began = statement.executeQuery("SELECT now() = '" + seen.started() + "'")) {
                began.next();
                assertThat(began.getBoolean(1)).isTrue();
            }
            assertThat(seen.description()).contains("idle in transaction");
        }
    }

    @Test
    void followsATransactionThroughSavepointsAndPrepare(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (a int)");
        try (Connection writer = open(source, "");
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            OpenTransaction first = only(reader);
            statement.execute("INSERT INTO t VALUES (1)");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO t VALUES (2)");
            OpenTransaction writing = only(reader);
            assertThat(writing.matches(first.virtualId(), first.ids())).isTrue();
            assertThat(writing.ids()).hasSizeGreaterThanOrEqualTo(1);

            statement.execute("PREPARE TRANSACTION '" + source.name() + "'");
            OpenTransaction prepared = only(reader);
            assertThat(prepared.prepared()).isTrue();
            assertThat(prepared.matches(writing.virtualId(), writing.ids())).isTrue();
            // after a server restart the virtual id changes, the transaction ids stay
            assertThat(prepared.matches("-1/0", writing.ids())).isTrue();
            assertThat(prepared.description())
                    .isEqualTo("the prepared transaction " + source.name());

            source.execute("COMMIT PREPARED '" + source.name() + "'");
            await().untilAsserted(() -> assertOpen(reader, 0));
        }
    }

    @Test
    void excludesOurReadersAndOtherDatabases(
            @FreshDatabase Database source, @FreshDatabase Database other) throws Exception {
        try (Connection inOtherDatabase = open(other, "");
                SourceSession otherReader =
                        SourceSession.open(PipelineBuilder.connection(source), "neighbour");
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            otherReader.beginSnapshot();
            TransactionSnapshot.take(otherReader);

            await().untilAsserted(() -> assertOpen(reader, 0));
            assertThat(inOtherDatabase.isClosed()).isFalse();
        }
    }

    @Test
    void excludesOurReadersOfOtherRoles(@FreshDatabase Database source) throws Exception {
        try (SourceSession otherReader = SourceSession.open(plainRole(source), "neighbour");
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            otherReader.beginSnapshot();
            TransactionSnapshot.take(otherReader);

            await().untilAsserted(() -> assertOpen(reader, 0));
        }
    }

    @Test
    void includesAWriterWithAReadersApplicationName(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (a int)");
        try (Connection writer = open(source, "evolvishub-cdc-read orders");
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            statement.execute("INSERT INTO t VALUES (1)");

            await().untilAsserted(() -> assertOpen(reader, 1));
        }
    }

    /** A session opened as a walsender can execute SQL statements. */
    @Test
    void includesAWalsenderThatWrites(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (a int)");
        Properties login = new Properties();
        login.put("user", source.user());
        login.put("password", source.password());
        login.put("replication", "database");
        // the driver requests replication only with this property
        login.put("assumeMinServerVersion", "13");
        login.put("preferQueryMode", "simple");
        try (Connection writer = DriverManager.getConnection(source.jdbcUrl(), login);
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test");
                SourceSession superuser =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            statement.execute("BEGIN");
            // a process that is just starting in this database counts for a moment
            await().untilAsserted(() -> assertOpen(superuser, 0));
            statement.execute("INSERT INTO t VALUES (1)");
            await().untilAsserted(() -> assertOpen(reader, 1));
            await().untilAsserted(() -> assertOpen(superuser, 1));
            statement.execute("COMMIT");
            await().untilAsserted(() -> assertOpen(superuser, 0));
        }
    }

    /** The only open transaction, once there is one only. */
    private static OpenTransaction only(SourceSession session) {
        return await().until(
                        () -> TransactionSnapshot.take(session).openTransactions(),
                        open -> open.size() == 1)
                .get(0);
    }

    private static void assertOpen(SourceSession session, int transactions) throws Exception {
        assertThat(TransactionSnapshot.take(session).openTransactions()).hasSize(transactions);
    }

    @Test
    void isIndependentOfTheSearchPath(@FreshDatabase Database source) throws Exception {
        ConnectionSpec withFakePath = plainRole(source);
        source.execute(
                "CREATE SCHEMA fake",
                "CREATE FUNCTION fake.now() RETURNS timestamptz LANGUAGE sql"
                        + " AS 'SELECT pg_catalog.now() - interval ''2 min'''",
                "CREATE FUNCTION fake.pg_is_in_recovery() RETURNS boolean LANGUAGE sql"
                        + " AS 'SELECT true'",
                "CREATE FUNCTION fake.pg_backend_pid() RETURNS int LANGUAGE sql AS 'SELECT 0'",
                "CREATE FUNCTION fake.current_setting(text) RETURNS text LANGUAGE sql"
                        + " AS 'SELECT ''7'''",
                "GRANT USAGE ON SCHEMA fake TO PUBLIC",
                "ALTER ROLE %s SET search_path = fake, pg_catalog, public"
                        .formatted(withFakePath.username()));
        try (SourceSession normalReader =
                        SourceSession.open(PipelineBuilder.connection(source), "test");
                SourceSession reader = SourceSession.open(withFakePath, "test")) {
            Instant before = TransactionSnapshot.take(normalReader).now();
            assertThat(TransactionSnapshot.take(reader).now()).isAfterOrEqualTo(before);
            assertThat(TransactionSnapshot.take(reader).standby()).isFalse();
            await().untilAsserted(() -> assertOpen(reader, 0));
            assertThat(reader.roleZone()).isEqualTo(normalReader.roleZone());
        }
    }

    private static Connection open(Database database, String application) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '" + application + "'");
            connection.commit();
            statement.execute("SELECT now()");
        }
        return connection;
    }

    /** A role without privileges beyond PUBLIC's. */
    private static ConnectionSpec plainRole(Database database) {
        String role = "reader_" + database.name();
        database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'reads'");
        ConnectionSpec superuser = PipelineBuilder.connection(database);
        return new ConnectionSpec(
                superuser.host(),
                superuser.port(),
                superuser.database(),
                role,
                new Secret("reads"),
                superuser.tls(),
                superuser.timeout(),
                superuser.parameters());
    }
}
