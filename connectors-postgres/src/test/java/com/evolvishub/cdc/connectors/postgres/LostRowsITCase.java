package com.evolvishub.cdc.connectors.postgres;

import static com.evolvishub.cdc.delivery.TestLane.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Destinations that have lost rows, or would lose them. */
@Timeout(300)
class LostRowsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";

    private Database database;
    private Destination destination;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = Destination.in(fresh);
    }

    private static List<ChangeRow> rows(int... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> row(TestLane.KEYED, Integer.toString(id), "a").numbered(id))
                .toList();
    }

    private PostgresClient opened(TestLane lane, String run, Progress acknowledged)
            throws Exception {
        PostgresClient client = destination.client(lane);
        client.expect(acknowledged);
        client.open(Destination.lane(run));
        client.expect(acknowledged);
        client.prepare(TestLane.KEYED);
        return client;
    }

    /** Rows 1 to 3, and what the pipeline's state knows then. */
    private Progress delivered() throws Exception {
        database.execute(TABLE);
        try (PostgresClient client = opened(destination.lane(), "a", Progress.NONE)) {
            client.write(rows(1, 2, 3));
            Progress found = client.progress().orElseThrow();
            return new Progress(3, found.numbering(), found.incarnation(), client.targetIdentity());
        }
    }

    @Test
    void goesOnIntoATableThatWasEmptiedRewrittenOrAltered() throws Exception {
        Progress acknowledged = delivered();
        database.execute(
                "TRUNCATE orders", "VACUUM FULL orders", "ALTER TABLE orders ADD COLUMN more int");
        try (PostgresClient client = opened(destination.lane(), "b", acknowledged)) {
            client.write(rows(4));
        }
        assertThat(destination.rows()).containsExactly("4\ta\t\\N");
    }

    @Test
    void stopsAtATableThatWasSwappedUnlessThatIsMeant() throws Exception {
        Progress acknowledged = delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_yesterday", TABLE);
        assertThatThrownBy(() -> opened(destination.lane(), "b", acknowledged))
                .isInstanceOf(RowsLostException.class)
                .hasMessageStartingWith(
                        "the destination has lost rows 1 to 3: table \"orders\" is another one")
                .hasMessageContaining("on_replaced_table: go_on");

        TestLane goesOn = destination.lane().goingOnIntoReplacedTables();
        try (PostgresClient client = opened(goesOn, "c", acknowledged)) {
            client.write(rows(4));
            // and while rows flow
            database.execute("ALTER TABLE orders RENAME TO orders_before", TABLE);
            client.write(rows(5));
        }
        assertThat(destination.rows()).containsExactly("5\ta");
    }

    /** Rows of the former table are delivered; a checkpoint later they would be so anyway. */
    @Test
    void countsRowsOfASwappedTableWhereTablesAreSwappedOnPurpose() throws Exception {
        delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_yesterday", TABLE);
        TestLane goesOn = destination.lane().goingOnIntoReplacedTables();
        try (PostgresClient client = destination.client(goesOn)) {
            client.expect(Progress.NONE);
            assertThat(client.open(Destination.lane("b")).lastNumber()).isEqualTo(3);
            client.prepare(TestLane.KEYED);
            client.write(rows(4));
        }
        assertThat(destination.rows()).containsExactly("4\ta");
        // there is nothing that a dropped one was swapped for
        database.execute("DROP TABLE orders");
        try (PostgresClient client = destination.client(goesOn)) {
            client.expect(Progress.NONE);
            assertThat(client.open(Destination.lane("c")).lastNumber()).isZero();
        }
    }

    @Test
    void countsAgainWhatATableHoldsThatIsRenamedBackBeforeRowsGoElsewhere() throws Exception {
        delivered();
        database.execute("ALTER TABLE orders RENAME TO orders_by_mistake");
        try (PostgresClient client = destination.client()) {
            client.expect(Progress.NONE);
            assertThat(client.open(Destination.lane("b")).lastNumber()).isZero();
        }
        database.execute("ALTER TABLE orders_by_mistake RENAME TO orders");
        try (PostgresClient client = destination.client()) {
            client.expect(Progress.NONE);
            assertThat(client.open(Destination.lane("c")).lastNumber()).isEqualTo(3);
        }
    }

    @Test
    void doesNotMakeADroppedTableAnewWhereTablesAreSwappedEither() throws Exception {
        Progress acknowledged = delivered();
        database.execute("DROP TABLE orders");
        TestLane goesOn = destination.lane().goingOnIntoReplacedTables();
        assertThatThrownBy(() -> opened(goesOn, "b", acknowledged))
                .isInstanceOf(RowsLostException.class)
                .hasMessageContaining("table \"orders\" does not exist");
        // brought back, and all is well
        database.execute(TABLE);
        try (PostgresClient client = opened(goesOn, "c", acknowledged)) {
            client.write(rows(4));
        }
    }

    @Test
    void tellsAnotherDatabaseByItsProgressRecord() throws Exception {
        Progress acknowledged = delivered();
        database.execute("DROP SCHEMA evolvishub_cdc CASCADE");
        try (PostgresClient client = destination.client()) {
            Progress found = client.open(Destination.lane("b")).progress();
            assertThat(found.number()).isZero();
            assertThat(found.incarnation()).isNotEqualTo(acknowledged.incarnation());
        }
    }

    @Test
    void keepsRowsOutOfATableThatACrashWouldEmpty() throws Exception {
        database.execute("CREATE UNLOGGED TABLE orders (id bigint PRIMARY KEY, name text)");
        assertThatThrownBy(() -> opened(destination.lane(), "a", Progress.NONE))
                .isInstanceOf(DestinationException.class)
                .hasMessageContaining("it is UNLOGGED")
                .hasMessageContaining("ALTER TABLE \"orders\" SET LOGGED")
                .hasMessageContaining("unlogged: accept");
        try (PostgresClient client = destination.client()) {
            assertThat(client.check(TestLane.KEYED))
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
                        List.of(new Option("unlogged", new Secret("accept"))));
        try (PostgresClient client = opened(TestLane.to(accepting), "b", Progress.NONE)) {
            client.write(rows(1));
        }
        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void looksAtThePartitionsOfATableToo() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id)",
                "CREATE TABLE first PARTITION OF orders FOR VALUES FROM (0) TO (10)",
                "CREATE UNLOGGED TABLE second PARTITION OF orders FOR VALUES FROM (10) TO (20)");
        assertThatThrownBy(() -> opened(destination.lane(), "a", Progress.NONE))
                .hasMessageContaining("it is UNLOGGED");
    }

    @Test
    void commitsToTheDiskWhateverTheDatabaseSaysOtherwise() throws Exception {
        database.execute(
                TABLE,
                "ALTER DATABASE %s SET synchronous_commit = off"
                        .formatted('"' + database.name() + '"'),
                "CREATE TABLE seen (setting text)",
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                        + " public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW;"
                        + " END $$",
                "CREATE TRIGGER note BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()");
        try (PostgresClient client = opened(destination.lane(), "a", Progress.NONE)) {
            client.write(rows(1));
        }
        assertThat(database.queryOne("SELECT DISTINCT setting FROM seen")).isEqualTo("on");
    }

    @Test
    void leavesAStrictOrWeakerSettingThatIsNotOffAsItIs() throws Exception {
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
    void shutsOutAWriterWhoseEpochWasGivenOutASecondTime() throws Exception {
        database.execute(TABLE);
        try (PostgresClient first = opened(destination.lane(), "a", Progress.NONE)) {
            first.write(rows(1));
            // the backup from before, and a rival that got the same epoch
            database.execute(
                    "UPDATE evolvishub_cdc.lane SET run = 'b', writer = 'writer of b', host = 'there'");
            assertThatThrownBy(() -> first.write(rows(2)))
                    .isInstanceOf(FencedException.class)
                    .hasMessage("taken over by run b on host there");
            try (PostgresClient again = destination.client()) {
                Lane back = new Lane("file/orders", "a", "another", "host", "orders", false, 1);
                assertThatThrownBy(() -> again.open(back)).isInstanceOf(FencedException.class);
            }
        }
        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void showsTheServersOwnErrorWhereATriggerLacksATable() throws Exception {
        database.execute(
                TABLE,
                // merged, rather than appended to an empty table
                "INSERT INTO orders VALUES (100, 'there')",
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                        + " no_such_table VALUES (1); RETURN NEW; END $$",
                "CREATE TRIGGER broken BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION"
                        + " broken()");
        try (PostgresClient client = opened(destination.lane(), "a", Progress.NONE)) {
            assertThatThrownBy(() -> client.write(rows(1)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no_such_table");
        }
    }
}
