package com.evolvishub.cdc.connectors.postgres.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Destinations that have lost rows, or could lose them. */
@Timeout(300)
class PostgresTargetVerifierITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";

    private Database database;
    private PostgresTestTable destination;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    private static List<ChangeRow> rows(int... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> row(TestPipeline.KEYED, Integer.toString(id), "a").withSequence(id))
                .toList();
    }

    private PostgresDestinationClient open(
            TestPipeline testPipeline, String run, Progress acknowledged) throws Exception {
        PostgresDestinationClient client = destination.client(testPipeline);
        client.expectProgress(acknowledged);
        client.open(PostgresTestTable.writer(run));
        client.expectProgress(acknowledged);
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    /** Delivers rows 1 to 3 and returns the progress in the pipeline's state. */
    private Progress delivered() throws Exception {
        database.execute(TABLE);
        try (PostgresDestinationClient client =
                open(destination.testPipeline(), "a", Progress.NONE)) {
            client.write(rows(1, 2, 3));
            Progress found = client.progress().orElseThrow();
            return new Progress(3, found.sequenceHistory(), found.incarnation(), client.targetId());
        }
    }

    @Test
    void continuesInATableThatWasEmptiedRewrittenOrAltered() throws Exception {
        Progress acknowledged = delivered();
        database.execute(
                "TRUNCATE orders", "VACUUM FULL orders", "ALTER TABLE orders ADD COLUMN more int");
        try (PostgresDestinationClient client =
                open(destination.testPipeline(), "b", acknowledged)) {
            client.write(rows(4));
        }
        assertThat(destination.rows()).containsExactly("4\ta\t\\N");
    }

    @Test
    void failsAtASwappedTableUnlessConfigured() throws Exception {
        Progress acknowledged = delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_yesterday", TABLE);
        assertThatThrownBy(() -> open(destination.testPipeline(), "b", acknowledged))
                .isInstanceOf(RowsLostException.class)
                .hasMessageStartingWith(
                        "the destination has lost rows 1 to 3: table \"orders\" is another one")
                .hasMessageContaining("on_replaced_table: go_on");

        TestPipeline acceptsReplaced = destination.testPipeline().acceptingReplacedTables();
        try (PostgresDestinationClient client = open(acceptsReplaced, "c", acknowledged)) {
            client.write(rows(4));
            // and while rows are written
            database.execute("ALTER TABLE orders RENAME TO orders_before", TABLE);
            client.write(rows(5));
        }
        assertThat(destination.rows()).containsExactly("5\ta");
    }

    /** Rows of the former table count as delivered, as they would a checkpoint later. */
    @Test
    void countsRowsOfTheFormerTableIfTablesAreSwappedOnPurpose() throws Exception {
        delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_yesterday", TABLE);
        TestPipeline acceptsReplaced = destination.testPipeline().acceptingReplacedTables();
        try (PostgresDestinationClient client = destination.client(acceptsReplaced)) {
            client.expectProgress(Progress.NONE);
            assertThat(client.open(PostgresTestTable.writer("b")).lastSequence()).isEqualTo(3);
            client.prepare(TestPipeline.KEYED);
            client.write(rows(4));
        }
        assertThat(destination.rows()).containsExactly("4\ta");
        // no table replaces the dropped one
        database.execute("DROP TABLE orders");
        try (PostgresDestinationClient client = destination.client(acceptsReplaced)) {
            client.expectProgress(Progress.NONE);
            assertThat(client.open(PostgresTestTable.writer("c")).lastSequence()).isZero();
        }
    }

    @Test
    void restoresTheSequenceOfATableThatIsRenamedBackBeforeTheNextWrite() throws Exception {
        delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_by_mistake");
        try (PostgresDestinationClient client = destination.client()) {
            client.expectProgress(Progress.NONE);
            assertThat(client.open(PostgresTestTable.writer("b")).lastSequence()).isZero();
        }
        database.execute("ALTER TABLE orders_by_mistake RENAME TO orders");
        try (PostgresDestinationClient client = destination.client()) {
            client.expectProgress(Progress.NONE);
            assertThat(client.open(PostgresTestTable.writer("c")).lastSequence()).isEqualTo(3);
        }
    }

    @Test
    void doesNotRecreateADroppedTableEvenIfTablesAreSwapped() throws Exception {
        Progress acknowledged = delivered();
        database.execute("DROP TABLE orders");
        TestPipeline acceptsReplaced = destination.testPipeline().acceptingReplacedTables();
        assertThatThrownBy(() -> open(acceptsReplaced, "b", acknowledged))
                .isInstanceOf(RowsLostException.class)
                .hasMessageContaining("table \"orders\" does not exist");
        // after it was restored, delivery continues
        database.execute(TABLE);
        try (PostgresDestinationClient client = open(acceptsReplaced, "c", acknowledged)) {
            client.write(rows(4));
        }
    }

    @Test
    void detectsAnotherDatabaseByItsProgressRecord() throws Exception {
        Progress acknowledged = delivered();
        database.execute("DROP SCHEMA evolvishub_cdc CASCADE");
        try (PostgresDestinationClient client = destination.client()) {
            Progress found = client.open(PostgresTestTable.writer("b")).progress();
            assertThat(found.lastSequence()).isZero();
            assertThat(found.incarnation()).isNotEqualTo(acknowledged.incarnation());
        }
    }

    @Test
    void rejectsAnUnloggedTable() throws Exception {
        database.execute("CREATE UNLOGGED TABLE orders (id bigint PRIMARY KEY, name text)");
        assertThatThrownBy(() -> open(destination.testPipeline(), "a", Progress.NONE))
                .isInstanceOf(DestinationException.class)
                .hasMessageContaining("it is UNLOGGED")
                .hasMessageContaining("ALTER TABLE \"orders\" SET LOGGED")
                .hasMessageContaining("unlogged: accept");
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(TestPipeline.KEYED))
                    .singleElement()
                    .asString()
                    .contains("UNLOGGED");
        }
        EndpointSpec plain = destination.endpoint();
        EndpointSpec accepting =
                new EndpointSpec(
                        plain.type(),
                        plain.connection(),
                        plain.schema(),
                        plain.table(),
                        List.of(new EndpointOption("unlogged", new Secret("accept"))));
        try (PostgresDestinationClient client =
                open(TestPipeline.into(accepting), "b", Progress.NONE)) {
            client.write(rows(1));
        }
        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void checksThePartitionsOfATable() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id)",
                "CREATE TABLE first PARTITION OF orders FOR VALUES FROM (0) TO (10)",
                "CREATE UNLOGGED TABLE second PARTITION OF orders FOR VALUES FROM (10) TO (20)");
        assertThatThrownBy(() -> open(destination.testPipeline(), "a", Progress.NONE))
                .hasMessageContaining("it is UNLOGGED");
    }

    @Test
    void commitsSynchronouslyRegardlessOfTheDatabaseSetting() throws Exception {
        database.execute(
                TABLE,
                "ALTER DATABASE %s SET synchronous_commit = off"
                        .formatted('"' + database.name() + '"'),
                "CREATE TABLE seen (setting text)",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                        + " public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW;"
                        + " END $$",
                "CREATE TRIGGER note BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()");
        try (PostgresDestinationClient client =
                open(destination.testPipeline(), "a", Progress.NONE)) {
            client.write(rows(1));
        }
        assertThat(database.queryOne("SELECT DISTINCT setting FROM seen")).isEqualTo("on");
    }

    @Test
    void keepsEverySynchronousCommitSettingExceptOff() throws Exception {
        database.execute(
                "ALTER DATABASE %s SET synchronous_commit = local"
                        .formatted('"' + database.name() + '"'));
        PostgresSession session = PostgresSession.open(destination.endpoint(), "orders");
        try (var statement = session.connection().createStatement();
                var found = statement.executeQuery("SHOW synchronous_commit")) {
            found.next();
            assertThat(found.getString(1)).isEqualTo("local");
        } finally {
            session.abort();
        }
    }

    @Test
    void fencesAWriterWhoseEpochWasAssignedTwice() throws Exception {
        database.execute(TABLE);
        try (PostgresDestinationClient first =
                open(destination.testPipeline(), "a", Progress.NONE)) {
            first.write(rows(1));
            // the backup from before, and a concurrent writer with the same epoch
            database.execute(
                    "UPDATE evolvishub_cdc.lane SET run = 'b', writer = 'writer of b', host ="
                            + " 'there'");
            assertThatThrownBy(() -> first.write(rows(2)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host there");
            try (PostgresDestinationClient again = destination.client()) {
                WriterIdentity back =
                        new WriterIdentity(
                                "file/orders", "a", "another", "host", "orders", false, 1);
                assertThatThrownBy(() -> again.open(back)).isInstanceOf(FencedException.class);
            }
        }
        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void reportsTheServersErrorIfATriggerLacksATable() throws Exception {
        database.execute(
                TABLE,
                // merged, not appended to an empty table
                "INSERT INTO orders VALUES (100, 'there')",
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                        + " no_such_table VALUES (1); RETURN NEW; END $$",
                "CREATE TRIGGER broken BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION"
                        + " broken()");
        try (PostgresDestinationClient client =
                open(destination.testPipeline(), "a", Progress.NONE)) {
            assertThatThrownBy(() -> client.write(rows(1)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no_such_table");
        }
    }
}
