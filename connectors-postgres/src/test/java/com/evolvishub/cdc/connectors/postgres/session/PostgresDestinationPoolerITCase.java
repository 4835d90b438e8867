package com.evolvishub.cdc.connectors.postgres.session;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.transactional.PostgresTransactionWriter;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PgBouncer;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/**
 * A transaction pooler in front of the destination, which changes the server process all the time.
 * Skipped if PgBouncer is not installed.
 */
@Timeout(300)
class PostgresDestinationPoolerITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            TestPipeline.column("id", 20, "bigint"),
                            column("at", 1184, "timestamp with time zone"),
                            column("day", 1082, "date"),
                            column("age", 1186, "interval")),
                    List.of(0));

    private static final String SETTINGS =
            """
            SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings
            WHERE name IN ('TimeZone', 'DateStyle', 'IntervalStyle', 'lock_timeout',
              'statement_timeout', 'synchronous_commit', 'jit', 'client_min_messages',
              'default_transaction_isolation')\
            """;

    private Database database;
    private PgBouncer pooler;
    private final List<Connection> otherClients = new ArrayList<>();

    private static Column column(String name, int oid, String type) {
        return new Column(name, name, new SqlType(oid, type, 'b', 'D'), true);
    }

    @BeforeEach
    void start(@FreshDatabase Database fresh) {
        database = fresh;
        String name = '"' + fresh.name() + '"';
        fresh.execute(
                "ALTER DATABASE " + name + " SET DateStyle = 'German'",
                "ALTER DATABASE " + name + " SET IntervalStyle = 'iso_8601'",
                "ALTER DATABASE " + name + " SET TimeZone = 'Asia/Kolkata'",
                "ALTER DATABASE " + name + " SET synchronous_commit = off",
                "ALTER DATABASE " + name + " SET lock_timeout = '7s'",
                "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz, day date, age"
                        + " interval, setting text DEFAULT current_setting('synchronous_commit'))");
        pooler = PgBouncer.before(fresh, 3);
    }

    @AfterEach
    void stop() throws SQLException {
        for (Connection other : otherClients) {
            other.close();
        }
        if (pooler != null) {
            pooler.close();
        }
    }

    private TestPipeline testPipeline() {
        return PostgresTestTable.in(pooler.of(database)).testPipeline();
    }

    private static ChangeRow order(long number, String id, String day) {
        return row(SCHEMA, id, "2026-01-02 03:04:05+00", day, "1 mon 2 days").withSequence(number);
    }

    /** Another client occupies a server process, so that ours gets the next one. */
    private Connection holdOne() throws SQLException {
        Connection other = pooler.of(database).connect();
        other.unwrap(PGConnection.class).setPrepareThreshold(0);
        other.setAutoCommit(false);
        otherClients.add(other);
        try (Statement statement = other.createStatement()) {
            statement.execute("SELECT 1");
        }
        return other;
    }

    private static String settings(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SETTINGS)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void writesTheSameRowsOnAnyServerProcess() throws Exception {
        String before;
        try (Connection earlier = pooler.of(database).connect()) {
            before = settings(earlier);
        }
        try (PostgresDestinationClient client =
                new PostgresDestinationClient(testPipeline().pipeline())) {
            client.open(PostgresTestTable.writer("a"));
            client.prepare(SCHEMA);
            for (int batch = 0; batch < 8; batch++) {
                Connection other = holdOne();
                long number = 2L * batch + 1;
                client.write(
                        List.of(
                                order(number, Long.toString(number), "2026-02-01"),
                                // an older version exists: merged
                                order(number + 1, "1", "2026-03-0" + (batch + 1))));
                // 3 may be occupied at a time
                other.rollback();
                assertThat(settings(other)).as("what others see").isEqualTo(before);
                other.rollback();
            }
            client.write(
                    List.of(
                            row(Operation.DELETE, SCHEMA, "3").withSequence(17),
                            order(18, "3", "2026-02-02")));
        }
        assertThat(
                        database.queryAll(
                                "SELECT id, at AT TIME ZONE 'UTC' = '2026-01-02 03:04:05',"
                                        + " to_char(day, 'YYYY-MM-DD'), age = '1 mon 2 days', setting"
                                        + " FROM orders ORDER BY id"))
                .hasSize(8)
                .allMatch(row -> row.get(1).equals("t") && row.get(3).equals("t"))
                .allMatch(row -> row.get(4).equals("on"))
                .extracting(row -> row.get(0) + " " + row.get(2))
                .startsWith("1 2026-03-08", "3 2026-02-02", "5 2026-02-01");
        assertThat(database.queryOne("SELECT last_number FROM evolvishub_cdc.lane"))
                .isEqualTo("18");
    }

    @Test
    void fencesAStaleWriter() throws Exception {
        try (PostgresDestinationClient first =
                        new PostgresDestinationClient(testPipeline().pipeline());
                PostgresDestinationClient second =
                        new PostgresDestinationClient(testPipeline().pipeline())) {
            first.open(PostgresTestTable.writer("a"));
            first.prepare(SCHEMA);
            first.write(List.of(order(1, "1", "2026-01-01")));
            assertThat(second.open(PostgresTestTable.writer("b")).lastSequence()).isEqualTo(1);
            assertThatThrownBy(() -> first.write(List.of(order(2, "2", "2026-01-01"))))
                    .isInstanceOf(FencedException.class);
        }
        // it is unknown who uses that process now: none is terminated
        assertThat(database.queryOne("SELECT pid FROM evolvishub_cdc.lane")).isEqualTo("0");
    }

    @Test
    void reportsThePoolerAndRejectsTransactionalDelivery() throws Exception {
        try (PostgresDestinationClient client =
                new PostgresDestinationClient(testPipeline().pipeline())) {
            assertThat(client.check(SCHEMA)).isEmpty();
            assertThat(client.notes(SCHEMA))
                    .anyMatch(note -> note.startsWith("a connection pooler stands in between"));
        }
        TestPipeline transactional = testPipeline().with(DeliveryMode.TRANSACTIONAL);
        try (PostgresDestinationClient client =
                new PostgresDestinationClient(transactional.pipeline())) {
            assertThat(client.check(SCHEMA))
                    .anyMatch(problem -> problem.contains("connect to the server itself"));
        }
        assertThatThrownBy(
                        () ->
                                PostgresTransactionWriter.open(
                                        transactional.pipeline(), PostgresTestTable.writer("a")))
                .hasMessageContaining("connection pooler");
    }
}
