package com.evolvishub.cdc.connectors.postgres.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a reload handles rows that it finds at the destination. */
@Timeout(300)
class ReloadComparisonITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** In this database: the server is shared. */
    private static final String WAITING_FOR_LOCKS =
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND"
                    + " datname = current_database()";

    private static final RecoveryOptions RESET = new RecoveryOptions(true, false, false);
    private static final RecoveryOptions RESET_AND_DELETE =
            new RecoveryOptions(true, false, false, true);
    private static final Instant AS_OF = Instant.parse("2026-01-02T03:04:05Z");

    private Database database;
    private TestPipeline testPipeline;
    private RowSchema schema = TestPipeline.KEYED;
    private OneInputStreamOperatorTestHarness<PipelineElement, Void> task;
    private OperatorSubtaskState state;
    private BackpressureGate gate;
    private long checkpoint;
    private long poll;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        testPipeline = PostgresTestTable.in(fresh).testPipeline().byDiff();
    }

    @AfterEach
    void close() throws Exception {
        if (task != null) {
            task.close();
        }
    }

    private void start(RecoveryOptions choices) throws Exception {
        start(choices, UUID.randomUUID().toString());
    }

    private void start(RecoveryOptions choices, String run) throws Exception {
        close();
        task =
                new OneInputStreamOperatorTestHarness<>(
                        new WriteAheadOperator(
                                testPipeline.pipeline(),
                                run,
                                choices,
                                choices.reload() ? RestoreMode.RESET : RestoreMode.RESUME));
        task.setup();
        if (state != null) {
            task.initializeState(state);
        }
        task.open();
        gate = BackpressureGate.of(new PipelineKey(run, testPipeline.pipeline().identity()));
        await().until(gate::isOpen);
    }

    private void emit(PipelineElement... elements) throws Exception {
        for (PipelineElement element : elements) {
            task.processElement(new StreamRecord<>(element));
        }
    }

    private void checkpoint() throws Exception {
        state = task.snapshot(++checkpoint, checkpoint);
        task.notifyOfCompletedCheckpoint(checkpoint);
    }

    /** Delivers a complete read of rows with these ids. */
    private void load(boolean provesAbsence, int... ids) throws Exception {
        begin(ids);
        end(provesAbsence);
    }

    private void begin(int... ids) throws Exception {
        emit(new PollStarted(++poll, schema));
        for (int id : ids) {
            emit(row(schema, Integer.toString(id), "a"));
        }
        checkpoint();
    }

    private void end(boolean provesAbsence) throws Exception {
        emit(new PollEnded(poll, true, AS_OF, provesAbsence));
        checkpoint();
        await().until(() -> gate.acknowledgedPoll() == poll);
        checkpoint();
    }

    private String ids() {
        return database.queryOne("SELECT string_agg(id::text, ' ' ORDER BY id) FROM orders");
    }

    private long extra() {
        return gate.status().extraRows.get();
    }

    private void loadThenReset(RecoveryOptions choices, int... ids) throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        start(choices);
        load(true, ids);
    }

    private void createTable() {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
    }

    @Test
    void endsEqualInATableThatItCreated() throws Exception {
        loadThenReset(RESET, 1, 3);
        assertThat(ids()).isEqualTo("1 3");
        assertThat(extra()).isZero();
        assertThat(leftTables()).isEqualTo("0");
    }

    private String leftTables() {
        return database.queryOne(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'evolvishub_cdc' AND tablename"
                        + " LIKE 'loaded%'");
    }

    @Test
    void keepsForeignRowsInATableThatItDidNotCreate() throws Exception {
        createTable();
        database.execute("INSERT INTO orders VALUES (99, 'theirs')");
        loadThenReset(RESET, 1, 3);
        assertThat(ids()).isEqualTo("1 2 3 4 99");
        assertThat(extra()).isEqualTo(3);

        start(RESET_AND_DELETE);
        load(true, 1, 3);
        assertThat(ids()).isEqualTo("1 3");
        assertThat(extra()).isZero();
    }

    @Test
    void keepsRowsThatWatermarkReadsDoNotReturnUnlessRequested() throws Exception {
        testPipeline = PostgresTestTable.in(database).testPipeline();
        loadThenReset(RESET, 1, 3);
        assertThat(ids()).isEqualTo("1 2 3 4");
        assertThat(extra()).isEqualTo(2);
        start(RESET_AND_DELETE);
        load(false, 1, 3);
        assertThat(ids()).isEqualTo("1 3");
    }

    @Test
    void keepsRowsIfAnotherMappingDeliversToTheTable() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        database.execute(
                "INSERT INTO evolvishub_cdc.lane (identity, target_table) VALUES ('file/others',"
                        + " 'orders'::regclass)");
        start(RESET_AND_DELETE);
        load(true, 1, 3);
        assertThat(ids()).isEqualTo("1 2 3 4");
        assertThat(extra()).isEqualTo(2);
        database.execute("DELETE FROM evolvishub_cdc.lane WHERE identity = 'file/others'");
        start(RESET_AND_DELETE);
        load(true, 1, 3);
        assertThat(ids()).isEqualTo("1 3");
    }

    @Test
    void keepsRowsOfAnotherMappingAfterARestoreFromADump() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        // a dump includes the progress table, and the restored table has another OID
        database.execute(
                "INSERT INTO evolvishub_cdc.lane (identity, target_table) VALUES"
                        + " ('file/others/postgresql:db.orders', 4000000000)");
        start(RESET_AND_DELETE);
        load(true, 1, 3);
        assertThat(ids()).isEqualTo("1 2 3 4");
        assertThat(extra()).isEqualTo(2);
    }

    @Test
    void distinguishesTablesOfTheSameNameInOtherSchemas() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        database.execute(
                "CREATE SCHEMA archive",
                "CREATE TABLE archive.orders (id bigint)",
                "INSERT INTO evolvishub_cdc.lane (identity, target_table) VALUES"
                        + " ('file/others/postgresql:db.archive.orders', 'archive.orders'::regclass)");
        start(RESET_AND_DELETE);
        load(true, 1, 3);
        assertThat(ids()).isEqualTo("1 3");
    }

    @Test
    void waitsForASecondReadIfOneDoesNotProveTheDelete() throws Exception {
        start(RecoveryOptions.NONE);
        load(false, 1, 2, 3, 4);
        start(RESET);
        load(false, 1, 3);
        assertThat(ids()).isEqualTo("1 2 3 4");
        // the first read missed the row
        load(false, 4);
        assertThat(ids()).isEqualTo("1 3 4");
    }

    @Test
    void emptiesTheTableIfTheSourceIsEmpty() throws Exception {
        loadThenReset(RESET);
        assertThat(ids()).isNull();
    }

    @Test
    void deletesAtMostMaxDeleteRatioUnlessRequested() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, IntStream.rangeClosed(1, 200).toArray());
        start(RESET);
        load(true, 1, 2, 3);
        assertThat(extra()).isEqualTo(197);
        start(RESET_AND_DELETE);
        load(true, 1, 2, 3);
        assertThat(ids()).isEqualTo("1 2 3");
    }

    @Test
    void keepsExtraRowsThatMayBeOlderVersionsOfDeadLetters() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3);
        database.execute("ALTER TABLE orders ADD CHECK (name <> 'bad')");
        testPipeline = testPipeline.with(BadRowPolicy.DEAD_LETTER);
        start(RESET_AND_DELETE);
        emit(new PollStarted(++poll, schema), row(schema, "1", "a"), row(schema, "2", "bad"));
        end(true);
        assertThat(ids()).isEqualTo("1 2 3");
        assertThat(extra()).isEqualTo(2);
        assertThat(gate.status().rowsDeadLettered).hasValue(1);
    }

    @Test
    void writesDeadLettersIfTheKeyIsOfADomainThatRejectsNull() throws Exception {
        database.execute("CREATE DOMAIN whole AS bigint NOT NULL");
        database.execute(
                "CREATE TABLE orders (id whole PRIMARY KEY, name text CHECK (name <> 'bad'))");
        testPipeline = testPipeline.with(BadRowPolicy.DEAD_LETTER);
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3);
        start(RESET_AND_DELETE);
        emit(new PollStarted(++poll, schema), row(schema, "1", "a"), row(schema, "2", "bad"));
        end(true);
        assertThat(ids()).isEqualTo("1 2 3");
        assertThat(gate.status().rowsDeadLettered).hasValue(1);
    }

    @Test
    void resumesTheComparisonAfterARestart() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        String run = UUID.randomUUID().toString();
        start(RESET, run);
        OperatorSubtaskState before = task.snapshot(++checkpoint, checkpoint);
        begin(1, 3);
        await().until(() -> gate.status().rowsQueued.get() == 0);
        // the rows exist, but the state with their keys is lost
        start(RESET, run);
        end(true);
        assertThat(ids()).isEqualTo("1 3");

        // and the comparison is not repeated: no keys of this load are recorded any more
        state = before;
        start(RESET, run);
        load(true);
        assertThat(ids()).isEqualTo("1 3");
    }

    @Test
    void doesNotRepeatAComparisonOfAnAttemptThatFailedBeforeItsNextCheckpoint() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        String run = UUID.randomUUID().toString();
        start(RESET, run);
        OperatorSubtaskState due;
        try (Connection otherSession = database.connect();
                Statement statement = otherSession.createStatement()) {
            begin(1, 3);
            await().until(() -> gate.status().rowsQueued.get() == 0);
            otherSession.setAutoCommit(false);
            statement.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
            emit(new PollEnded(poll, true, AS_OF, true));
            await().until(() -> database.queryOne(WAITING_FOR_LOCKS).equals("1"));
            due = task.snapshot(++checkpoint, checkpoint);
            otherSession.rollback();
        }
        await().until(() -> gate.acknowledgedPoll() == poll);
        assertThat(ids()).isEqualTo("1 3");

        state = due;
        start(RESET, run);
        load(true, 3, 5);
        assertThat(ids()).isEqualTo("1 3 5");
    }

    @Test
    void recordsKeysOfATableThatIsChangedDuringTheLoad() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        start(RESET);
        begin(1);
        await().until(() -> gate.status().rowsQueued.get() == 0);
        database.execute("ALTER TABLE orders ADD COLUMN more int");
        for (int id : new int[] {2, 3}) {
            emit(row(schema, Integer.toString(id), "a"));
        }
        end(true);
        assertThat(ids()).isEqualTo("1 2 3");
    }

    @Test
    void comparesALoadThatALaterRunFinishes() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        start(RESET);
        begin(1);
        start(RecoveryOptions.NONE);
        load(true, 3);
        assertThat(ids()).isEqualTo("1 3");
    }

    @Test
    void deletesNothingAfterRowsOfTheLoadWereLost() throws Exception {
        testPipeline = testPipeline.withoutResending();
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        start(RESET);
        begin(1, 2);
        await().until(() -> gate.status().rowsQueued.get() == 0);
        checkpoint();
        close();
        // restored from a dump taken after row 1 of the load: row 2 has its former version
        database.execute(
                "UPDATE evolvishub_cdc.lane SET last_number = last_number - 1",
                database.queryOne(
                        "SELECT format('DELETE FROM evolvishub_cdc.%I WHERE id = 2', tablename)"
                                + " FROM pg_tables WHERE tablename LIKE 'loaded%'"));
        start(new RecoveryOptions(false, false, true));
        load(true, 3, 4);
        assertThat(ids()).isEqualTo("1 2 3 4");
        assertThat(leftTables()).isEqualTo("0");
    }

    @Test
    void deletesNothingIfTheRecordedKeysAreMissing() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3, 4);
        start(RESET);
        begin(1);
        await().until(() -> gate.status().rowsQueued.get() == 0);
        checkpoint();
        database.execute(
                database.queryOne(
                        "SELECT 'DROP TABLE evolvishub_cdc.' || tablename FROM pg_tables WHERE"
                                + " tablename LIKE 'loaded%'"));
        start(RecoveryOptions.NONE);
        load(true, 3);
        assertThat(ids()).isEqualTo("1 2 3 4");
    }

    @Test
    void comparesCompositeKeysWithQuotedNames() throws Exception {
        SqlType text = new SqlType(25, "text", 'b', 'X');
        schema =
                new RowSchema(
                        List.of(
                                new Column("a\"b", "a\"b", text, true),
                                new Column("Ö {x}", "Ö {x}", text, true),
                                new Column("n", "n", text, true)),
                        List.of(1, 0));
        testPipeline = new PostgresTestTable(database, "", "Or\"ders").testPipeline().byDiff();
        start(RecoveryOptions.NONE);
        emit(
                new PollStarted(++poll, schema),
                row(schema, "1", "x", "a"),
                row(schema, "1", "y", "a"),
                row(schema, "2", "x", "a"));
        end(true);
        start(RESET);
        emit(new PollStarted(++poll, schema), row(schema, "1", "y", "b"));
        end(true);
        assertThat(
                        database.queryOne(
                                "SELECT string_agg(concat_ws(' ', \"a\"\"b\", \"Ö {x}\", n), ',')"
                                        + " FROM \"Or\"\"ders\""))
                .isEqualTo("1 y b");
    }

    @Test
    void comparesALargeTableAtTheServer() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2, 3);
        database.execute("INSERT INTO orders SELECT g, 'a' FROM generate_series(4, 20000) AS g");
        start(RESET_AND_DELETE);
        load(true, 1, 2, 3);
        assertThat(ids()).isEqualTo("1 2 3");
    }

    @Test
    void deletesRowsWithoutAKeyByRowId() throws Exception {
        schema = TestPipeline.KEYLESS;
        start(RecoveryOptions.NONE);
        emit(new PollStarted(++poll, schema), id(1), id(2));
        end(true);
        start(RESET);
        emit(new PollStarted(++poll, schema), id(2));
        end(true);
        assertThat(ids()).isEqualTo("2");
    }

    private ChangeRow id(int id) {
        return row(schema, Integer.toString(id), "a").withRowId(new byte[] {(byte) id});
    }

    @Test
    void loadsEvenIfTheRoleMayNotCreateTheTableForTheComparison() throws Exception {
        start(RecoveryOptions.NONE);
        load(true, 1, 2);
        close();
        String role = "writer_" + database.name();
        database.execute(
                "CREATE ROLE \"%s\" LOGIN PASSWORD 'x'".formatted(role),
                "GRANT USAGE ON SCHEMA evolvishub_cdc TO \"%s\"".formatted(role),
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA evolvishub_cdc TO \"%s\""
                        .formatted(role),
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO \"%s\"".formatted(role));
        try {
            testPipeline =
                    PostgresTestTable.in(
                                    new Database(
                                            database.name(),
                                            database.jdbcUrl(),
                                            database.host(),
                                            database.port(),
                                            role,
                                            "x"))
                            .testPipeline()
                            .byDiff();
            start(RESET_AND_DELETE);
            load(true, 1);
            assertThat(ids()).isEqualTo("1 2");
        } finally {
            close();
            task = null;
            database.execute(
                    "DROP OWNED BY \"%s\"".formatted(role), "DROP ROLE \"%s\"".formatted(role));
        }
    }
}
