package com.evolvishub.cdc.connectors.postgres.table;

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
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row-level security, rules and triggers at the destination. */
@Timeout(300)
class WriteSideEffectsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private Database database;
    private String role;
    private PostgresDestinationClient client;
    private long number;

    @BeforeEach
    void table(@FreshDatabase Database fresh) {
        database = fresh;
        role = "writer_of_" + fresh.name();
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'",
                "GRANT CREATE ON DATABASE " + fresh.name() + " TO " + role,
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO " + role);
    }

    @AfterEach
    void dropRole() {
        if (client != null) {
            client.close();
        }
        database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
    }

    private TestPipeline testPipeline() {
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
        return TestPipeline.into(new EndpointSpec("postgresql", writer, "", "orders", List.of()));
    }

    private void secure(String... policies) {
        database.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
        for (String policy : policies) {
            database.execute("CREATE POLICY " + policy.formatted(role));
        }
    }

    private void open(TestPipeline testPipeline, RowSchema schema) throws Exception {
        client = new PostgresDestinationClient(testPipeline.pipeline());
        number = client.open(PostgresTestTable.writer("run")).lastSequence();
        client.prepare(schema);
    }

    private void write(ChangeRow... rows) throws Exception {
        List<ChangeRow> numbered = new ArrayList<>();
        for (ChangeRow row : rows) {
            numbered.add(row.withSequence(++number));
        }
        client.write(numbered);
    }

    private static ChangeRow insert(String... cells) {
        return row(Operation.INSERT, KEYED, cells);
    }

    private static ChangeRow delete(String id) {
        return row(Operation.DELETE, KEYED, id);
    }

    private List<String> rows() {
        return PostgresTestTable.in(database).rows();
    }

    private List<String> problems(TestPipeline testPipeline, RowSchema schema) throws Exception {
        try (PostgresDestinationClient checker =
                new PostgresDestinationClient(testPipeline.pipeline())) {
            return checker.check(schema);
        }
    }

    private List<String> notes(TestPipeline testPipeline, RowSchema schema) throws Exception {
        try (PostgresDestinationClient checker =
                new PostgresDestinationClient(testPipeline.pipeline())) {
            return checker.notes(schema);
        }
    }

    @Test
    void loadsAnEmptyTableUnderRowLevelSecurity() throws Exception {
        secure("all_of_it ON orders TO %s USING (true) WITH CHECK (true)");
        assertThat(problems(testPipeline().byDiff(), KEYED)).isEmpty();
        assertThat(notes(testPipeline().byDiff(), KEYED))
                .singleElement()
                .asString()
                .contains("row-level security applies to role")
                .contains("a row that a policy hides is not deleted");
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"), insert("2", "b"));
        assertThat(client.rowsSkipped()).isZero();
        write(insert("1", "a2"), delete("2"));
        assertThat(client.rowsSkipped()).isZero();
        assertThat(rows()).containsExactly("1\ta2");
    }

    @Test
    void appendsUnderRowLevelSecurity() throws Exception {
        secure("adds ON orders FOR INSERT TO %s WITH CHECK (true)");
        assertThat(problems(testPipeline(), TestPipeline.KEYLESS)).isEmpty();
        open(testPipeline(), TestPipeline.KEYLESS);
        write(row(TestPipeline.KEYLESS, "1", "a"), row(TestPipeline.KEYLESS, "2", "b"));
        assertThat(client.rowsSkipped()).isZero();
        assertThat(rows()).containsExactly("1\ta", "2\tb");
    }

    @Test
    void rejectsCommandsWithoutAPolicyAndRecommendsOne() throws Exception {
        secure(
                "reads ON orders FOR SELECT TO %s USING (true)",
                "adds ON orders FOR INSERT TO %s WITH CHECK (true)",
                "changes ON orders FOR UPDATE TO %s USING (true)");
        assertThat(problems(testPipeline(), KEYED)).isEmpty();
        String problem = problems(testPipeline().byDiff(), KEYED).get(0);
        assertThat(problem)
                .startsWith(
                        "\"public\".\"orders\": row-level security applies to role \""
                                + role
                                + "\", and no policy allows it DELETE; CREATE POLICY ");
        database.execute(
                problem.substring(problem.indexOf("CREATE POLICY"), problem.indexOf(", or ALTER")));
        assertThat(problems(testPipeline().byDiff(), KEYED)).isEmpty();
    }

    @Test
    void countsDeletesThatAPolicyHides() throws Exception {
        secure("mine ON orders TO %s USING (id < 10) WITH CHECK (true)");
        database.execute("INSERT INTO orders VALUES (1, 'a'), (11, 'b')");
        open(testPipeline().byDiff(), KEYED);
        write(delete("1"), delete("11"));
        assertThat(client.rowsSkipped()).isEqualTo(1);
        assertThat(rows()).containsExactly("11\tb");
    }

    @Test
    void rejectsARowThatAPolicyRejects() throws Exception {
        secure("mine ON orders TO %s USING (true) WITH CHECK (id < 10)");
        open(testPipeline().byDiff(), KEYED);
        assertThatThrownBy(() -> write(insert("1", "a"), insert("11", "b")))
                .isInstanceOf(RowRejectedException.class)
                .hasMessageContaining("row-level security");
        assertThat(rows()).isEmpty();
    }

    @Test
    void doesNotCountRowsThatATriggerDrops() throws Exception {
        database.execute(
                "CREATE FUNCTION drops() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF"
                        + " coalesce(NEW.name, OLD.name) LIKE 'no%' THEN RETURN NULL; END IF; RETURN"
                        + " coalesce(NEW, OLD); END $$",
                "CREATE TRIGGER drops BEFORE INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW"
                        + " EXECUTE FUNCTION drops()");
        assertThat(notes(testPipeline().byDiff(), KEYED))
                .anyMatch(note -> note.contains("may drop it") && note.contains("rows_skipped"));
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"), insert("2", "no"), insert("3", "c"));
        assertThat(client.rowsSkipped()).as("by COPY").isEqualTo(1);
        write(insert("1", "a2"), insert("4", "no"));
        assertThat(client.rowsSkipped()).as("merged").isEqualTo(1);
        write(insert("1", "no"), insert("3", "c"));
        assertThat(client.rowsSkipped()).as("an update").isEqualTo(1);
        assertThat(rows()).containsExactly("1\ta2", "3\tc");
        database.execute(
                "ALTER TABLE orders DISABLE TRIGGER drops",
                "UPDATE orders SET name = 'no' WHERE id = 3",
                "ALTER TABLE orders ENABLE TRIGGER drops");
        write(delete("1"), delete("3"), delete("77"));
        assertThat(client.rowsSkipped()).as("a delete").isEqualTo(1);
        assertThat(rows()).containsExactly("3\tno");
    }

    @Test
    void countsRowsThatATriggerOnlyChanges() throws Exception {
        database.execute(
                "CREATE FUNCTION shouts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name :="
                        + " upper(NEW.name); RETURN NEW; END $$",
                "CREATE TRIGGER shouts BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE"
                        + " FUNCTION shouts()");
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"), insert("2", "b"));
        assertThat(client.rowsSkipped()).isZero();
        write(insert("1", "c"), insert("3", "d"));
        assertThat(client.rowsSkipped()).isZero();
        assertThat(rows()).containsExactly("1\tC", "2\tB", "3\tD");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsAMissingRelationOfATriggerAsTheServersError(boolean byCopy) throws Exception {
        if (!byCopy) {
            database.execute("INSERT INTO orders VALUES (9, 'there')");
        }
        database.execute(
                "CREATE FUNCTION audits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
                        + " audit VALUES (NEW.id); RETURN NEW; END $$",
                "CREATE TRIGGER audits AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE"
                        + " FUNCTION audits()");
        open(testPipeline().byDiff(), KEYED);
        assertThatThrownBy(() -> write(insert("1", "a")))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("relation \"audit\" does not exist")
                .hasMessageContaining("audits()")
                .satisfies(
                        e ->
                                assertThat(client.classify((Exception) e))
                                        .isEqualTo(FailureKind.PERMANENT));
    }

    @Test
    void rejectsRulesThatPreventWriting() throws Exception {
        database.execute("CREATE RULE notes AS ON INSERT TO orders DO ALSO NOTHING");
        assertThat(problems(testPipeline(), KEYED))
                .containsExactly(
                        "rule \"notes\": the server does not merge rows into a table that has rules"
                                + " for INSERT or UPDATE; DROP RULE \"notes\" ON"
                                + " \"public\".\"orders\", a trigger does the same");
        assertThat(problems(testPipeline(), TestPipeline.KEYLESS)).isEmpty();
        assertThat(notes(testPipeline(), TestPipeline.KEYLESS))
                .containsExactly(
                        "\"public\".\"orders\": rows come by COPY, to which the server applies no"
                                + " rules: \"notes\"");
        database.execute(
                "DROP RULE \"notes\" ON \"public\".\"orders\"",
                "CREATE RULE keeps AS ON DELETE TO orders DO INSTEAD NOTHING");
        assertThat(problems(testPipeline(), KEYED)).as("without deletes").isEmpty();
        assertThat(problems(testPipeline().byDiff(), KEYED))
                .singleElement()
                .asString()
                .startsWith("rule \"keeps\": takes the place of every delete");
    }

    @Test
    void continuesInATableThatWasSwappedByRenames() throws Exception {
        open(testPipeline().byDiff().acceptingReplacedTables(), KEYED);
        write(insert("1", "a"), insert("2", "b"));
        write(insert("1", "a2"));
        database.execute(
                "CREATE TABLE fresh (name text, id bigint PRIMARY KEY, loaded date)",
                "INSERT INTO fresh SELECT name, id FROM orders",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON fresh TO " + role,
                "BEGIN; ALTER TABLE orders RENAME TO old; ALTER TABLE fresh RENAME TO orders;"
                        + " COMMIT");
        write(insert("2", "b2"), insert("3", "c"), delete("1"));
        assertThat(database.queryAll("SELECT id::text, name FROM orders ORDER BY id"))
                .containsExactly(List.of("2", "b2"), List.of("3", "c"));
        assertThat(database.queryAll("SELECT id::text, name FROM old ORDER BY id"))
                .containsExactly(List.of("1", "a2"), List.of("2", "b"));
    }

    @Test
    void countsRowsThatATriggerAddedDuringTheRunDrops() throws Exception {
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"));
        write(insert("1", "a2"));
        database.execute(
                "CREATE FUNCTION drops() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER drops BEFORE INSERT OR UPDATE ON orders FOR EACH ROW"
                        + " EXECUTE FUNCTION drops()");
        write(insert("1", "a3"), insert("2", "b"));
        assertThat(client.rowsSkipped()).isEqualTo(2);
        assertThat(rows()).containsExactly("1\ta2");
    }

    @Test
    void failsOnADeleteIfAPolicyWasAddedDuringTheRun() throws Exception {
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"));
        write(insert("1", "a2"));
        secure();
        assertThatThrownBy(() -> write(delete("1")))
                .hasMessageContaining("no policy allows it SELECT, INSERT, UPDATE, DELETE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RAISE EXCEPTION ''no'' USING ERRCODE = ''ZZ123''",
                "RAISE EXCEPTION ''no'' USING ERRCODE = ''70001''",
                "SELECT 1 INTO STRICT NEW.name WHERE false",
                "ASSERT false"
            })
    void treatsEveryErrorRaisedByATriggerAsARejectedRow(String raises) throws Exception {
        database.execute(
                "CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN IF NEW.id = 2 THEN %s; END IF; RETURN NEW; END'"
                                .formatted(raises),
                "CREATE TRIGGER guard BEFORE INSERT ON orders FOR EACH ROW"
                        + " EXECUTE FUNCTION guard()");
        open(testPipeline().byDiff(), KEYED);
        write(insert("1", "a"));
        assertThatThrownBy(() -> write(insert("2", "b"))).isInstanceOf(RowRejectedException.class);
    }

    @Test
    void notesRowsOfOtherTablesThatADeleteChanges() throws Exception {
        database.execute(
                "CREATE TABLE lines (id int CONSTRAINT of_order REFERENCES orders ON DELETE"
                        + " CASCADE)",
                "CREATE TABLE notes (id int REFERENCES orders)");
        assertThat(notes(testPipeline().byDiff(), KEYED))
                .containsExactly(
                        "\"public\".\"orders\": a row that is deleted here takes or changes rows"
                                + " of other tables with it: foreign key of_order of public.lines,"
                                + " ON DELETE CASCADE. Those that their own mapping has delivered"
                                + " do not come back before they change at the source");
        assertThat(notes(testPipeline(), KEYED)).isEmpty();
    }
}
