package com.evolvishub.cdc.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.PipelineBuilder;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LookITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void showsAnyRoleWhatIsOpen(@FreshDatabase Database source) throws Exception {
        try (Connection writer = open(source, "billing");
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            Look look = Look.at(reader);
            assertThat(look.replica()).isFalse();
            OpenTransaction seen = look.open().get(0);
            assertThat(look.open()).hasSize(1);
            assertThat(seen.who()).startsWith("pid ").contains("app billing");
            // what another role's session does is nobody's business
            assertThat(seen.started()).isEmpty();

            writer.rollback();
            assertThat(Look.at(reader).open()).isEmpty();
        }
    }

    @Test
    void showsWhenATransactionBeganToARoleThatMaySeeIt(@FreshDatabase Database source)
            throws Exception {
        try (Connection writer = open(source, "billing");
                Statement statement = writer.createStatement();
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            OpenTransaction seen = Look.at(reader).open().get(0);
            try (var began = statement.executeQuery("SELECT now() = '" + seen.started() + "'")) {
                began.next();
                assertThat(began.getBoolean(1)).isTrue();
            }
            assertThat(seen.who()).contains("idle in transaction");
        }
    }

    @Test
    void followsATransactionThroughSavepointsAndPreparation(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (a int)");
        try (Connection writer = open(source, "");
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            OpenTransaction first = Look.at(reader).open().get(0);
            statement.execute("INSERT INTO t VALUES (1)");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO t VALUES (2)");
            OpenTransaction writing = Look.at(reader).open().get(0);
            assertThat(writing.is(first.virtualId(), first.ids())).isTrue();
            assertThat(writing.ids()).hasSizeGreaterThanOrEqualTo(1);

            statement.execute("PREPARE TRANSACTION '" + source.name() + "'");
            OpenTransaction prepared = Look.at(reader).open().get(0);
            assertThat(prepared.prepared()).isTrue();
            assertThat(prepared.is(writing.virtualId(), writing.ids())).isTrue();
            // after a restart of the server the virtual id is another one, the others stay
            assertThat(prepared.is("-1/0", writing.ids())).isTrue();
            assertThat(prepared.who()).isEqualTo("the prepared transaction " + source.name());

            source.execute("COMMIT PREPARED '" + source.name() + "'");
            assertThat(Look.at(reader).open()).isEmpty();
        }
    }

    @Test
    void leavesOutOurReadersAndOtherDatabases(
            @FreshDatabase Database source, @FreshDatabase Database other) throws Exception {
        try (Connection elsewhere = open(other, "");
                SourceSession neighbour =
                        SourceSession.open(PipelineBuilder.connection(source), "neighbour");
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            neighbour.beginSnapshot();
            Look.at(neighbour);

            assertThat(Look.at(reader).open()).isEmpty();
            assertThat(elsewhere.isClosed()).isFalse();
        }
    }

    @Test
    void leavesOutOurReadersOfOtherRoles(@FreshDatabase Database source) throws Exception {
        try (SourceSession neighbour = SourceSession.open(plainRole(source), "neighbour");
                SourceSession reader =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            neighbour.beginSnapshot();
            Look.at(neighbour);

            assertThat(Look.at(reader).open()).isEmpty();
        }
    }

    @Test
    void countsAWriterThatBearsAReadersName(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (a int)");
        try (Connection writer = open(source, "evolvishub-cdc-read orders");
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test")) {
            statement.execute("INSERT INTO t VALUES (1)");

            assertThat(Look.at(reader).open()).hasSize(1);
        }
    }

    /** Any session may be opened as a walsender, and takes statements like any other. */
    @Test
    void countsAWalsenderThatWrites(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (a int)");
        Properties login = new Properties();
        login.put("user", source.user());
        login.put("password", source.password());
        login.put("replication", "database");
        // without it the driver does not ask for replication
        login.put("assumeMinServerVersion", "13");
        login.put("preferQueryMode", "simple");
        try (Connection writer = DriverManager.getConnection(source.jdbcUrl(), login);
                Statement statement = writer.createStatement();
                SourceSession reader = SourceSession.open(plainRole(source), "test");
                SourceSession mighty =
                        SourceSession.open(PipelineBuilder.connection(source), "test")) {
            statement.execute("BEGIN");
            assertThat(Look.at(mighty).open()).isEmpty();
            statement.execute("INSERT INTO t VALUES (1)");
            assertThat(Look.at(reader).open()).hasSize(1);
            assertThat(Look.at(mighty).open()).hasSize(1);
            statement.execute("COMMIT");
            assertThat(Look.at(mighty).open()).isEmpty();
        }
    }

    @Test
    void asksTheServerWhateverTheSearchPathHolds(@FreshDatabase Database source) throws Exception {
        ConnectionSpec misled = plainRole(source);
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
                        .formatted(misled.username()));
        try (SourceSession honest = SourceSession.open(PipelineBuilder.connection(source), "test");
                SourceSession reader = SourceSession.open(misled, "test")) {
            Instant before = Look.at(honest).now();
            assertThat(Look.at(reader).now()).isAfterOrEqualTo(before);
            assertThat(Look.at(reader).replica()).isFalse();
            assertThat(Look.at(reader).open()).isEmpty();
            assertThat(reader.roleZone()).isEqualTo(honest.roleZone());
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

    /** A role that may connect and look at what everybody may. */
    private static ConnectionSpec plainRole(Database database) {
        String role = "reader_" + database.name();
        database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'reads'");
        ConnectionSpec mighty = PipelineBuilder.connection(database);
        return new ConnectionSpec(
                mighty.host(),
                mighty.port(),
                mighty.database(),
                role,
                new Secret("reads"),
                mighty.tls(),
                mighty.timeout(),
                mighty.parameters());
    }
}
