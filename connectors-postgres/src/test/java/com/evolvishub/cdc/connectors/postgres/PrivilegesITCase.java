package com.evolvishub.cdc.connectors.postgres;

import static com.evolvishub.cdc.delivery.TestLane.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The grants that docs/delivery.md names are enough, and what is missing is told. */
@Timeout(300)
class PrivilegesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestLane.KEYED;

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

    private PostgresClient client(boolean createsTable) {
        ConnectionSpec admin = Destination.in(database).endpoint().connection();
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
        TestLane lane =
                TestLane.to(new EndpointSpec("postgresql", writer, "", "orders", List.of()))
                        .byDiff();
        return new PostgresClient((createsTable ? lane : lane.neverCreating()).pipeline());
    }

    /** Has an administrator make the tables of ours, as the first lane would. */
    private void makeOurTables() throws Exception {
        try (PostgresClient admin = Destination.in(database).client()) {
            admin.open(Destination.lane("admin"));
        }
        database.execute(
                "GRANT USAGE ON SCHEMA evolvishub_cdc TO " + role,
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA evolvishub_cdc TO " + role);
    }

    private static ChangeRow change(Operation operation, long number, String... cells) {
        return row(operation, KEYED, cells).numbered(number);
    }

    private void writesEverything(PostgresClient client) throws Exception {
        client.open(Destination.lane("admin"));
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
    void writesIntoATableOfOthersWithoutAnyRightToCreate() throws Exception {
        makeOurTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresClient client = client(false)) {
            assertThat(client.check(KEYED)).isEmpty();
            writesEverything(client);
        }
    }

    @Test
    void makesEverythingItselfWhereItMay() throws Exception {
        database.execute(
                "GRANT CREATE ON DATABASE \"%s\" TO %s".formatted(database.name(), role),
                "GRANT CREATE ON SCHEMA public TO " + role);
        try (PostgresClient client = client(true)) {
            assertThat(client.check(KEYED)).isEmpty();
            writesEverything(client);
        }
    }

    @Test
    void tellsThatItMayNotMakeTheTable() throws Exception {
        makeOurTables();
        try (PostgresClient client = client(true)) {
            String told =
                    "permission denied for schema public (SQLSTATE 42501); mend that, or have this"
                            + " run: CREATE TABLE IF NOT EXISTS \"orders\" (\"id\" bigint, \"name\""
                            + " text, PRIMARY KEY (\"id\"))";
            assertThat(client.check(KEYED)).containsExactly(told);
            client.open(Destination.lane("admin"));
            assertThatThrownBy(() -> client.prepare(KEYED))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(told);
        }
    }

    @Test
    void tellsThatItMayNotAddAColumn() throws Exception {
        makeOurTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresClient client = client(false)) {
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
    void stopsForGoodWhereARightIsMissing() throws Exception {
        makeOurTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT ON orders TO " + role);
        try (PostgresClient client = client(false)) {
            client.open(Destination.lane("admin"));
            client.prepare(KEYED);
            client.write(List.of(change(Operation.INSERT, 1, "1", "a")));
            assertThatThrownBy(() -> client.write(List.of(change(Operation.DELETE, 2, "1"))))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied for table orders")
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(Failure.PERMANENT));
        }
    }

    @Test
    void tellsBeforeTheFirstRowWhichRightsAreMissing() throws Exception {
        makeOurTables();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT (id) ON orders TO " + role);
        try (PostgresClient client = client(false)) {
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
    void tellsBeforeTheFirstRowThatItMayNotKeepItsProgress() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
        try (PostgresClient client = client(false)) {
            assertThat(client.check(KEYED))
                    .singleElement()
                    .asString()
                    .contains("may not make schema evolvishub_cdc; GRANT CREATE ON DATABASE");
            makeOurTables();
            database.execute("REVOKE ALL ON SCHEMA evolvishub_cdc FROM " + role);
            assertThat(client.check(KEYED))
                    .singleElement()
                    .asString()
                    .contains("GRANT USAGE ON SCHEMA evolvishub_cdc TO " + role);
        }
    }
}
