package com.evolvishub.cdc.connectors.postgres.schema;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The grants in docs/delivery.md are sufficient, and missing ones are reported. */
@Timeout(300)
class PrivilegeCheckITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private Database database;
    private String role;

    @BeforeEach
    void writer(@FreshDatabase Database fresh) {
        database = fresh;
        role = "writer_of_" + fresh.name();
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    }

    @AfterEach
    void dropWriter() {
        database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    private PostgresDestinationClient client(boolean createsTable) {
        ConnectionSpec admin = PostgresTestTable.in(database).endpoint().connection();
        ConnectionSpec writer =
                new ConnectionSpec(
                        admin.host(),
                        admin.port(),
                        admin.database(),
                        role,
                        new Secret("x"),
                        admin.tls(),
                        admin.timeout(),
                        admin.parameters());
        TestPipeline testPipeline =
                TestPipeline.into(new EndpointSpec("postgresql", writer, "", "orders", List.of()))
                        .byDiff();
        return new PostgresDestinationClient(
                (createsTable ? testPipeline : testPipeline.neverCreating()).pipeline());
    }

    /** Creates our internal tables as an administrator, as the first pipeline would. */
    private void createInternalTables() throws Exception {
        try (PostgresDestinationClient admin = PostgresTestTable.in(database).client()) {
            admin.open(PostgresTestTable.writer("admin"));
        }
        database.execute(
                "GRANT USAGE ON SCHEMA evolvishub_cdc TO " + role,
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA evolvishub_cdc TO " + role);
    }

    private static ChangeRow change(Operation operation, long number, String... cells) {
        return row(operation, KEYED, cells).withSequence(number);
    }

    private void writesEverything(PostgresDestinationClient client) throws Exception {
        client.open(PostgresTestTable.writer("admin"));
        client.prepare(KEYED);
        client.write(
                List.of(
                        change(Operation.INSERT, 1, "1", "a"),
                        change(Operation.INSERT, 2, "2", "b")));
        client.write(
                List.of(change(Operation.UPDATE, 3, "1", "a2"), change(Operation.DELETE, 4, "2")));
        client.writeDeadLetter(change(Operation.INSERT, 5, "3", "c"), "odd");
        assertThat(database.queryAll("SELECT id::text, name FROM orders"))
                .containsExactly(List.of("1", "a2"));
    }

    @Test
    void writesToATableOfAnotherOwnerWithoutCreatePrivileges() throws Exception {
        createInternalTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresDestinationClient client = client(false)) {
            assertThat(client.check(KEYED)).isEmpty();
            writesEverything(client);
        }
    }

    @Test
    void createsEverythingIfItHasThePrivileges() throws Exception {
        database.execute(
                "GRANT CREATE ON DATABASE \"%s\" TO %s".formatted(database.name(), role),
                "GRANT CREATE ON SCHEMA public TO " + role);
        try (PostgresDestinationClient client = client(true)) {
            assertThat(client.check(KEYED)).isEmpty();
            writesEverything(client);
        }
    }

    @Test
    void reportsThatItMayNotCreateTheTable() throws Exception {
        createInternalTables();
        try (PostgresDestinationClient client = client(true)) {
            String problem =
                    "permission denied for schema public (SQLSTATE 42501); mend that, or have this"
                            + " run: CREATE TABLE IF NOT EXISTS \"orders\" (\"id\" bigint, \"name\""
                            + " text, PRIMARY KEY (\"id\"))";
            assertThat(client.check(KEYED)).containsExactly(problem);
            client.open(PostgresTestTable.writer("admin"));
            assertThatThrownBy(() -> client.prepare(KEYED))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
    }

    @Test
    void reportsThatItMayNotAddAColumn() throws Exception {
        createInternalTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresDestinationClient client = client(false)) {
            assertThat(client.check(KEYED))
                    .containsExactly(
                            "column \"name\": not in \"public\".\"orders\", and this role may not"
                                    + " add it, because it does not own the table; map it with"
                                    + " column_mapping, leave it out with exclude_columns, or ALTER"
                                    + " TABLE \"public\".\"orders\" ADD COLUMN IF NOT EXISTS"
                                    + " \"name\" text");
        }
    }

    @Test
    void aMissingPrivilegeIsAPermanentError() throws Exception {
        createInternalTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT ON orders TO " + role);
        try (PostgresDestinationClient client = client(false)) {
            client.open(PostgresTestTable.writer("admin"));
            client.prepare(KEYED);
            client.write(List.of(change(Operation.INSERT, 1, "1", "a")));
            assertThatThrownBy(() -> client.write(List.of(change(Operation.DELETE, 2, "1"))))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied for table orders")
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(FailureKind.PERMANENT));
        }
    }

    @Test
    void reportsMissingPrivilegesBeforeTheFirstRow() throws Exception {
        createInternalTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT (id) ON orders TO " + role);
        try (PostgresDestinationClient client = client(false)) {
            assertThat(client.check(KEYED))
                    .containsExactly(
                            ("\"public\".\"orders\": role \"%1$s\" may not INSERT (name), UPDATE"
                                            + " (name), DELETE; GRANT INSERT, UPDATE, DELETE ON"
                                            + " \"public\".\"orders\" TO \"%1$s\"")
                                    .formatted(role));
            database.execute("GRANT INSERT, UPDATE, DELETE ON orders TO " + role);
            assertThat(client.check(KEYED)).isEmpty();
            writesEverything(client);
        }
    }

    @Test
    void reportsBeforeTheFirstRowThatItMayNotStoreItsProgress() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresDestinationClient client = client(false)) {
            assertThat(client.check(KEYED))
                    .singleElement()
                    .asString()
                    .contains("may not make schema evolvishub_cdc; GRANT CREATE ON DATABASE");
            createInternalTables();
            database.execute("REVOKE ALL ON SCHEMA evolvishub_cdc FROM " + role);
            assertThat(client.check(KEYED))
                    .singleElement()
                    .asString()
                    .contains("GRANT USAGE ON SCHEMA evolvishub_cdc TO " + role);
        }
    }
}
