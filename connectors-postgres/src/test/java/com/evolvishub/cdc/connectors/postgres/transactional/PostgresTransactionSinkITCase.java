package com.evolvishub.cdc.connectors.postgres.transactional;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransaction;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactionSerializer;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PostgresTransactionSinkITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Database database;
    private PostgresTestTable destination;
    private Pipeline pipeline;
    private long number;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
        pipeline = destination.testPipeline().with(DeliveryMode.TRANSACTIONAL).pipeline();
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private PostgresTransactionWriter writer(String run) throws IOException {
        return writer(pipeline, run);
    }

    private PostgresTransactionWriter writer(Pipeline transactional, String run)
            throws IOException {
        PostgresTransactionWriter writer =
                PostgresTransactionWriter.open(
                        transactional,
                        new WriterIdentity(
                                transactional.identity(), run, run, "host", "orders", false, 0));
        opened.add(writer);
        return writer;
    }

    private void write(PostgresTransactionWriter writer, ChangeRow... rows) throws IOException {
        for (ChangeRow each : rows) {
            writer.write(each.withSequence(++number), null);
        }
    }

    private PostgresTransactionCommitter committer(String run, boolean forgets) {
        PostgresTransactionCommitter committer =
                new PostgresTransactionCommitter(pipeline, run, forgets);
        opened.add(committer);
        return committer;
    }

    private void commit(Collection<PreparedTransaction> prepared) throws IOException {
        committer("run", false).commit(requests(prepared));
    }

    private static List<CommitRequest<PreparedTransaction>> requests(
            Collection<PreparedTransaction> prepared) {
        return prepared.stream().<CommitRequest<PreparedTransaction>>map(Request::new).toList();
    }

    private String prepared() {
        return database.queryOne(
                "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()");
    }

    @Test
    void rowsBecomeVisibleOnCommit() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        write(writer, row(KEYED, "1", "a"), row(KEYED, "2", "b"), row(KEYED, "1", "a2"));
        Collection<PreparedTransaction> prepared = writer.prepareCommit();
        assertThat(destination.rows()).isEmpty();

        commit(prepared);

        assertThat(destination.rows()).containsExactly("1\ta2", "2\tb");
        assertThat(database.queryOne("SELECT last_number FROM evolvishub_cdc.lane")).isEqualTo("3");
    }

    @Test
    void recordsTheTableItWritesTo() throws Exception {
        try (PostgresDestinationClient client = new PostgresDestinationClient(pipeline)) {
            client.prepare(KEYED);
        }
        write(writer("run"), row(KEYED, "1", "a"));
        assertThat(
                        database.queryOne(
                                "SELECT target_table::regclass::text FROM evolvishub_cdc.lane"))
                .isEqualTo("orders");
    }

    @Test
    void readsTheLastCommittedSequenceWithoutWaiting() throws Exception {
        try (PostgresDestinationClient client = new PostgresDestinationClient(pipeline)) {
            assertThat(client.progress()).get().returns(0L, Progress::lastSequence);
            PostgresTransactionWriter writer = writer("run");
            write(writer, row(KEYED, "1", "a"), row(KEYED, "2", "b"));
            Collection<PreparedTransaction> prepared = writer.prepareCommit();
            assertThat(client.progress()).get().returns(0L, Progress::lastSequence);

            commit(prepared);

            assertThat(client.progress()).get().returns(2L, Progress::lastSequence);
        }
    }

    @Test
    void acceptsAnotherSchemaAfterACommit() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        write(writer, row(KEYED, "1", "a"));
        commit(writer.prepareCommit());
        database.execute("ALTER TABLE orders ADD COLUMN more int");
        RowSchema wider =
                new RowSchema(
                        List.of(
                                column("more", 23, "integer"),
                                column("id", 20, "bigint"),
                                column("name", 25, "text")),
                        List.of(1));
        write(writer, row(wider, "7", "2", "b"), row(wider, "\\N", "1", "a2"));
        commit(writer.prepareCommit());

        assertThat(destination.rows()).containsExactly("1\ta2\t\\N", "2\tb\t7");
    }

    @Test
    void failsIfTheTableWasChanged() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        write(writer, row(KEYED, "1", "a"));
        commit(writer.prepareCommit());
        database.execute("ALTER TABLE orders ALTER COLUMN name TYPE varchar(1)");
        write(writer, row(KEYED, "1", "ab"));

        assertThatThrownBy(writer::prepareCommit)
                .hasMessageContaining("the table has been changed; it is looked at anew");
    }

    @Test
    void preparesNothingIfNothingWasWritten() throws Exception {
        assertThat(writer("run").prepareCommit()).isEmpty();
        assertThat(prepared()).isEqualTo("0");
    }

    @Test
    void updatesAndDeletesByKeyAfterEachCommit() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        for (String version : List.of("a", "b", "c")) {
            write(writer, row(KEYED, "1", version), row(KEYED, "2", version));
            commit(writer.prepareCommit());
        }
        write(writer, row(Operation.DELETE, KEYED, "1"), row(KEYED, "3", "\\N"));
        commit(writer.prepareCommit());

        assertThat(destination.rows()).containsExactly("2\tc", "3\t\\N");
    }

    @Test
    void appendsWithoutAKey() throws Exception {
        database.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey");
        PostgresTransactionWriter writer = writer("run");
        RowSchema keyless = TestPipeline.KEYLESS;
        write(writer, row(keyless, "1", "a"), row(keyless, "1", "a"));
        commit(writer.prepareCommit());

        assertThat(destination.rows()).containsExactly("1\ta", "1\ta");
    }

    @Test
    void identifiesRowsWithoutAKeyByRowId() throws Exception {
        database.execute(
                "DROP TABLE orders",
                "CREATE TABLE orders (_cdc_row bytea PRIMARY KEY, id bigint, name text)");
        RowSchema keyless = TestPipeline.KEYLESS;
        Pipeline diff =
                destination.testPipeline().with(DeliveryMode.TRANSACTIONAL).byDiff().pipeline();
        PostgresTransactionWriter writer = writer(diff, "run");
        write(
                writer,
                row(keyless, "1", "a").withRowId(new byte[] {1, -1}),
                row(keyless, "2", "b").withRowId(new byte[] {2}));
        commit(writer.prepareCommit());
        write(
                writer,
                ChangeRow.of(Operation.DELETE, keyless, CopyText.EMPTY, CopyText.EMPTY)
                        .withRowId(new byte[] {1, -1}));
        commit(writer.prepareCommit());

        assertThat(destination.rows()).containsExactly("\\\\x02\t2\tb");
    }

    /** An explicit cast would truncate them and so change the row. */
    @Test
    void rejectsValuesThatAreTooLongForAColumn() throws Exception {
        database.execute(
                "DROP TABLE orders",
                "CREATE DOMAIN short AS varchar(3)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, a varchar(3), b char(3), c bit(2), d"
                        + " short)");
        for (int wide = 1; wide <= 4; wide++) {
            RowSchema schema =
                    new RowSchema(
                            List.of(
                                    column("id", 20, "bigint"),
                                    column("a", 1043, "character varying(3)"),
                                    column("b", 1042, "character(3)"),
                                    column("c", 1560, "bit(2)"),
                                    column("d", 1043, "character varying(3)")),
                            List.of(0));
            String[] cells = {"1", "abc", "ab ", "10", "abc"};
            cells[wide] = wide == 3 ? "101" : "abcd";
            PostgresTransactionWriter writer = writer("run " + wide);
            write(writer, row(schema, cells));

            assertThatThrownBy(writer::prepareCommit)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("orders: destination: ")
                    .hasMessageContaining("(SQLSTATE 22");
        }
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void rollsBackOnlyItsOwnLeftoverTransactions() throws Exception {
        PostgresTransactionWriter killed = writer("run");
        write(killed, row(KEYED, "1", "a"));
        killed.prepareCommit();
        killed.close();
        prepareByAnotherClient();

        PostgresTransactionWriter next = writer("run 2");
        write(next, row(KEYED, "1", "b"));
        commit(next.prepareCommit());

        assertThat(destination.rows()).containsExactly("1\tb");
        assertThat(
                        database.queryAll(
                                "SELECT gid FROM pg_prepared_xacts WHERE database ="
                                        + " current_database()"))
                .containsExactly(List.of("evolvishub_cdc:0123:somebody else's"));
    }

    private void prepareByAnotherClient() throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(
                    "BEGIN; INSERT INTO orders VALUES (9, 'not ours');"
                            + " PREPARE TRANSACTION 'evolvishub_cdc:0123:somebody else''s'");
        }
    }

    @Test
    void repeatedCommitIsNoError() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        write(writer, row(KEYED, "1", "a"));
        Collection<PreparedTransaction> prepared = writer.prepareCommit();
        commit(prepared);

        // as after a restart from the checkpoint whose transaction was committed
        commit(prepared);

        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void commitsOnANewConnectionAfterALostOne() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        PostgresTransactionCommitter committer = committer("run", false);
        write(writer, row(KEYED, "1", "a"));
        committer.commit(requests(writer.prepareCommit()));
        write(writer, row(KEYED, "1", "b"));
        Collection<PreparedTransaction> second = writer.prepareCommit();
        String its =
                " FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND query LIKE 'COMMIT PREPARED%'";
        database.queryAll("SELECT pg_terminate_backend(pid)" + its);
        // pg_terminate_backend does not wait for the end of the process
        await().until(() -> database.queryOne("SELECT count(*)" + its).equals("0"));

        committer.commit(requests(second));

        assertThat(destination.rows()).containsExactly("1\tb");
    }

    @Test
    void failsIfAPreparedTransactionWasRolledBackByAnotherClient() throws Exception {
        PostgresTransactionWriter writer = writer("run");
        write(writer, row(KEYED, "1", "a"));
        Collection<PreparedTransaction> prepared = writer.prepareCommit();
        String gid = prepared.iterator().next().gid();
        database.execute("ROLLBACK PREPARED '" + gid + "'");

        assertThatThrownBy(() -> commit(prepared))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(gid)
                .hasMessageEndingWith("start with --reset orders to load anew");
        assertThatThrownBy(() -> committer("run", true).commit(requests(prepared)))
                .as("--reset is about what earlier runs have left")
                .isInstanceOf(IOException.class);

        committer("a later run", true).commit(requests(prepared));
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void isFencedByTheNextWriter() throws Exception {
        PostgresTransactionWriter stale = writer("old run");
        write(stale, row(KEYED, "1", "a"));
        writer("new run");

        assertThatThrownBy(stale::prepareCommit).hasCauseInstanceOf(FencedException.class);
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void doesNotTakeThePipelineBackNorRollBackTransactionsOfTheOtherRun() throws Exception {
        long epoch = writer("old run").snapshotState(1).get(0).epoch();
        PostgresTransactionWriter other = writer("new run");
        write(other, row(KEYED, "1", "a"));
        Collection<PreparedTransaction> prepared = other.prepareCommit();
        WriterIdentity again =
                new WriterIdentity(
                        pipeline.identity(), "old run", "again", "host", "orders", false, epoch);

        assertThatThrownBy(() -> PostgresTransactionWriter.open(pipeline, again))
                .hasMessageContaining("taken over by run new run on host host");
        commit(prepared);

        assertThat(destination.rows()).containsExactly("1\ta");
    }

    @Test
    void reportsThePreparedTransactionThatLocksThePipeline() throws Exception {
        PostgresTransactionWriter killed = writer("run");
        write(killed, row(KEYED, "1", "a"));
        String gid = killed.prepareCommit().iterator().next().gid();
        killed.close();

        try (PostgresDestinationClient client = destination.client()) {
            assertThatThrownBy(() -> client.open(PostgresTestTable.writer("run 2")))
                    .hasMessageStartingWith("the lane is held by prepared transaction \"" + gid)
                    .hasMessageEndingWith("ROLLBACK PREPARED '" + gid + "'");
        }
    }

    @Test
    void reportsTheRequiredServerSetting() throws Exception {
        try (PostgresServer server =
                PostgresServer.builder().parameter("max_prepared_transactions", "0").start()) {
            PostgresTestTable without = PostgresTestTable.in(server.createDatabase("without"));
            Pipeline transactional =
                    without.testPipeline().with(DeliveryMode.TRANSACTIONAL).pipeline();

            assertThatThrownBy(() -> writer(transactional, "run"))
                    .hasMessageContaining("max_prepared_transactions: 0 at this server");
            try (PostgresDestinationClient client = new PostgresDestinationClient(transactional)) {
                assertThat(client.check(KEYED))
                        .singleElement()
                        .asString()
                        .contains("set it in postgresql.conf to at least")
                        .endsWith("or say delivery: exactly_once");
            }
        }
    }

    @Test
    void restoresItsStateAndRejectsAnUnknownVersion() throws Exception {
        PreparedTransactionSerializer serializer = new PreparedTransactionSerializer();
        PreparedTransaction transaction = new PreparedTransaction("run", "name", "4711");

        assertThat(serializer.deserialize(1, serializer.serialize(transaction)))
                .isEqualTo(transaction);
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[0]))
                .hasMessageContaining("this build reads format 1");
        WriterEpochSerializer holders = new WriterEpochSerializer();
        WriterEpoch epoch = new WriterEpoch("run", 7);
        assertThat(holders.deserialize(1, holders.serialize(epoch))).isEqualTo(epoch);
        assertThatThrownBy(() -> holders.deserialize(2, new byte[0]))
                .hasMessageContaining("this build reads format 1");
    }

    /** Flink's request to commit; only an exception is expected as a response. */
    private record Request(PreparedTransaction getCommittable)
            implements CommitRequest<PreparedTransaction> {
        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void retryLater() {
            throw new AssertionError("put off");
        }

        @Override
        public void updateAndRetryLater(PreparedTransaction committable) {
            throw new AssertionError("put off");
        }

        @Override
        public void signalAlreadyCommitted() {
            throw new AssertionError("not asked for");
        }
    }
}
