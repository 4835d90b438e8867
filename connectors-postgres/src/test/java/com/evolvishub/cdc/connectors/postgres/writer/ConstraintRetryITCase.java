package com.evolvishub.cdc.connectors.postgres.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.rejected.BatchDeliveryDriver;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid rows that a constraint rejects because the rows they need arrive later. */
@Timeout(300)
class ConstraintRetryITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int BATCH = 500;

    private static final RowSchema STAFF =
            new RowSchema(
                    List.of(column("id", 23, "integer"), column("boss", 23, "integer")),
                    List.of(0));

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private Database database;
    private PostgresTestTable destination;
    private PostgresDestinationClient client;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
    }

    private BatchDeliveryDriver open(TestPipeline testPipeline) throws Exception {
        client = destination.client(testPipeline);
        long last = client.open(PostgresTestTable.writer("run")).lastSequence();
        return new BatchDeliveryDriver(testPipeline.pipeline(), client, last, TIMEOUT);
    }

    private BatchDeliveryDriver openDiff() throws Exception {
        return open(destination.testPipeline().byDiff());
    }

    private static ChangeRow insert(String... cells) {
        return row(Operation.INSERT, KEYED, cells);
    }

    private static ChangeRow update(String... cells) {
        return row(Operation.UPDATE, KEYED, cells);
    }

    private static ChangeRow delete(String id) {
        return row(Operation.DELETE, KEYED, id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"})
    void loadASelfReferencingTableAcrossBatchesAndCheckpoints(String deferrable) throws Exception {
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, boss int REFERENCES orders %s)"
                        .formatted(deferrable));
        ChangeRow[] staff =
                IntStream.rangeClosed(1, 5000)
                        .mapToObj(
                                id -> row(STAFF, Integer.toString(id), Integer.toString(5001 - id)))
                        .toArray(ChangeRow[]::new);
        BatchDeliveryDriver delivery =
                open(destination.testPipeline())
                        .queue(List.of(staff).subList(0, 1000).toArray(ChangeRow[]::new))
                        .later(List.of(staff).subList(1000, 5000).toArray(ChangeRow[]::new));
        delivery.deliver(BATCH);
        assertThat(delivery.rowsWritten()).isEqualTo(5000);
        assertThat(delivery.waited()).isLessThan(TIMEOUT);
        assertThat(database.queryOne("SELECT count(*)::text FROM orders WHERE boss = 5001 - id"))
                .isEqualTo("5000");
    }

    @Test
    void waitForParentsOfAnotherMapping() throws Exception {
        database.execute(
                "CREATE TABLE parents (name text PRIMARY KEY)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text REFERENCES parents)");
        BatchDeliveryDriver delivery =
                open(destination.testPipeline())
                        .queue(insert("1", "a"), insert("2", "a"))
                        .meanwhile(
                                () ->
                                        database.execute(
                                                "INSERT INTO parents VALUES ('a')"
                                                        + " ON CONFLICT DO NOTHING"));
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("1\ta", "2\ta");
        assertThat(delivery.waited()).isLessThan(Duration.ofSeconds(2));
        assertThat(delivery.causes())
                .allSatisfy(
                        cause ->
                                assertThat(cause)
                                        .contains("orders_name_fkey")
                                        .contains("later rows may cure that"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONSTRAINT orders_name UNIQUE (name)", ""})
    void swapAUniqueValueAfterTheRecommendedStatement(String constraint) throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text%s)"
                        .formatted(constraint.isEmpty() ? "" : ", " + constraint),
                "INSERT INTO orders VALUES (1, 'a'), (2, 'b')");
        if (constraint.isEmpty()) {
            database.execute("CREATE UNIQUE INDEX orders_name ON orders (name)");
        }
        BatchDeliveryDriver delivery = openDiff().queue(update("1", "b")).later(update("2", "a"));
        assertThatThrownBy(() -> delivery.deliver(BATCH))
                .isInstanceOf(DestinationException.class)
                .hasMessageContaining("row 1 (id = 1): duplicate key value")
                .hasMessageContaining("; if rows trade this value among themselves, ALTER TABLE")
                .hasMessageEndingWith(" DEFERRABLE")
                .satisfies(
                        e ->
                                database.execute(
                                        e.getMessage()
                                                .substring(e.getMessage().indexOf("ALTER TABLE"))));
        assertThat(delivery.waited()).isGreaterThanOrEqualTo(TIMEOUT);
        assertThat(destination.rows()).containsExactly("1\ta", "2\tb");
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("1\tb", "2\ta");
    }

    @Test
    void swapAUniqueValueAcrossACheckpointUnderADeferrableConstraint() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE DEFERRABLE)",
                "CREATE TABLE lines (id int PRIMARY KEY,"
                        + " \"order\" bigint REFERENCES orders ON DELETE CASCADE)",
                "INSERT INTO orders VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO lines VALUES (1, 1), (2, 2)");
        BatchDeliveryDriver delivery = openDiff().queue(update("1", "b")).later(update("2", "a"));
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("1\tb", "2\ta");
        assertThat(database.queryOne("SELECT count(*)::text FROM lines")).isEqualTo("2");
    }

    @Test
    void moveAUniqueValueFromADeletedRowAcrossACheckpoint() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE)",
                "INSERT INTO orders VALUES (1, 'a'), (3, 'c')");
        BatchDeliveryDriver delivery =
                openDiff().queue(insert("2", "a"), update("3", "c2")).later(delete("1"));
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("2\ta", "3\tc2");
        assertThat(delivery.waited()).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void areNotBlockedByALaterRejectedRow() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE)",
                "INSERT INTO orders VALUES (1, 'a')");
        BatchDeliveryDriver delivery =
                open(destination.testPipeline().byDiff().with(BadRowPolicy.DEAD_LETTER))
                        .queue(insert("2", "a"))
                        .later(delete("1"), insert("no number", "x"), insert("4", "d"));
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("2\ta", "4\td");
        assertThat(delivery.deadLetters()).isEqualTo(1);
    }

    @Test
    void waitOnceForAConstraintAndThenBecomeDeadLetters() throws Exception {
        database.execute(
                "CREATE TABLE parents (name text PRIMARY KEY)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text REFERENCES parents)",
                "INSERT INTO parents VALUES ('a')");
        BatchDeliveryDriver delivery =
                open(destination.testPipeline().byDiff().with(BadRowPolicy.DEAD_LETTER))
                        .queue(insert("1", "x"), insert("2", "a"), insert("3", "y"));
        delivery.deliver(BATCH);
        assertThat(destination.rows()).containsExactly("2\ta");
        assertThat(delivery.deadLetters()).isEqualTo(2);
        assertThat(delivery.waited()).isEqualTo(TIMEOUT);
        assertThat(
                        database.queryOne(
                                "SELECT error FROM evolvishub_cdc.dead_letter ORDER BY id LIMIT 1"))
                .endsWith(
                        "; if the rows that it needs come later, ALTER TABLE"
                                + " \"public\".\"orders\" ALTER CONSTRAINT \"orders_name_fkey\""
                                + " DEFERRABLE");
    }

    @Test
    void areRejectedIfTheIndexCannotBeDeferrable() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "CREATE UNIQUE INDEX any_case_name ON orders (lower(name))",
                "INSERT INTO orders VALUES (1, 'a')");
        BatchDeliveryDriver delivery = openDiff().queue(insert("2", "A"));
        assertThatThrownBy(() -> delivery.deliver(BATCH))
                .hasMessageContaining("index \"public\".\"any_case_name\" is there");
    }
}
