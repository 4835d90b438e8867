package com.evolvishub.cdc.connectors.postgres.schema;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Columns are added, dropped and changed, at source or destination, while a pipeline is open. */
@Timeout(300)
class SchemaChangeITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema BEFORE = TestPipeline.KEYED;
    private static final RowSchema AFTER = with(column("note", 1043, "character varying(20)"));

    private Database database;
    private PostgresTestTable destination;
    private long number;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    private static RowSchema with(Column more) {
        List<Column> columns = new ArrayList<>(BEFORE.columns());
        columns.add(more);
        return new RowSchema(columns, BEFORE.key());
    }

    private PostgresDestinationClient client(SchemaChangePolicy policy) throws Exception {
        return client(destination.testPipeline(), policy);
    }

    private static PostgresDestinationClient client(
            TestPipeline testPipeline, SchemaChangePolicy policy) throws Exception {
        Pipeline pipeline = testPipeline.pipeline();
        Deliver deliver = pipeline.deliver();
        return new PostgresDestinationClient(
                new Pipeline(
                        pipeline.identity(),
                        pipeline.mapping(),
                        true,
                        pipeline.worker(),
                        0,
                        new Deliver(
                                deliver.input(),
                                deliver.destination(),
                                deliver.mode(),
                                deliver.createTable(),
                                deliver.onBadRow(),
                                policy,
                                deliver.retry())));
    }

    private PostgresDestinationClient open(SchemaChangePolicy policy, RowSchema schema)
            throws Exception {
        PostgresDestinationClient client = client(policy);
        number = client.open(PostgresTestTable.writer("run " + number)).lastSequence();
        client.prepare(schema);
        return client;
    }

    private List<ChangeRow> numbered(ChangeRow... rows) {
        List<ChangeRow> numbered = new ArrayList<>();
        for (ChangeRow row : rows) {
            numbered.add(row.withSequence(++number));
        }
        return numbered;
    }

    @Test
    void addsANewSourceColumn() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            client.write(numbered(row(BEFORE, "1", "a")));
            assertThat(client.check(AFTER)).isEmpty();
            assertThat(destination.rows()).containsExactly("1\ta");
            client.prepare(AFTER);
            client.write(numbered(row(AFTER, "2", "b", "new")));
            // rows that were queued before the change
            client.prepare(BEFORE);
            client.write(numbered(row(BEFORE, "3", "c"), row(BEFORE, "2", "b2")));
        }
        assertThat(destination.rows()).containsExactly("1\ta\t\\N", "2\tb2\tnew", "3\tc\t\\N");
        assertThat(typeOf("note")).isEqualTo("character varying(20)");
    }

    @Test
    void addsAColumnOnceIfTwoPipelinesNeedIt() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
        try (PostgresDestinationClient one = client(SchemaChangePolicy.EVOLVE);
                PostgresDestinationClient other = client(SchemaChangePolicy.EVOLVE)) {
            one.open(PostgresTestTable.writer("one"));
            one.prepare(AFTER);
            other.open(PostgresTestTable.writer("other"));
            other.prepare(AFTER);
        }
        assertThat(typeOf("note")).isEqualTo("character varying(20)");
    }

    private String typeOf(String column) {
        return database.queryOne(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid ="
                        + " 'orders'::regclass AND attname = '"
                        + column
                        + "'");
    }

    @Test
    void recommendsAStatementForANotNullColumn() throws Exception {
        RowSchema strict = with(new Column("note", "note", AFTER.columns().get(2).type(), false));
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            assertThatThrownBy(() -> client.prepare(strict))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(
                            "column \"note\": not in \"public\".\"orders\", and not added by"
                                    + " itself, because it is NOT NULL at the source; map it with"
                                    + " column_mapping, leave it out with exclude_columns, or ALTER"
                                    + " TABLE \"public\".\"orders\" ADD COLUMN IF NOT EXISTS \"note\""
                                    + " character varying(20)");
            run(client, strict);
            client.prepare(strict);
            client.write(numbered(row(strict, "1", "a", "x")));
        }
        assertThat(destination.rows()).containsExactly("1\ta\tx");
    }

    /** Runs the ALTER of the only problem. */
    private void run(PostgresDestinationClient client, RowSchema schema) throws Exception {
        String problem = client.check(schema).get(0);
        database.execute(problem.substring(problem.indexOf("ALTER TABLE")));
    }

    @Test
    void suggestsASimilarNameInsteadOfAddingAColumn() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text, notes text)");
        try (PostgresDestinationClient client = client(SchemaChangePolicy.EVOLVE)) {
            assertThat(client.check(AFTER))
                    .singleElement()
                    .asString()
                    .contains("did you mean \"notes\"?");
        }
    }

    @Test
    void omitsAColumnUnderIgnore() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.IGNORE, BEFORE)) {
            client.write(numbered(row(BEFORE, "1", "a")));
            assertThat(client.check(AFTER)).isEmpty();
            client.prepare(AFTER);
            client.write(numbered(row(AFTER, "1", "a2", "x"), row(AFTER, "2", "b", "y")));
            client.write(numbered(row(Operation.DELETE, AFTER, "1")));
        }
        assertThat(destination.rows()).containsExactly("2\tb");
    }

    @Test
    void omitsAColumnInTheMiddleOfADirectCopy() throws Exception {
        database.execute("CREATE TABLE orders (note text, id bigint PRIMARY KEY)");
        try (PostgresDestinationClient client = open(SchemaChangePolicy.IGNORE, AFTER)) {
            client.write(numbered(row(AFTER, "1", "gone", "x")));
            client.write(numbered(row(AFTER, "1", "gone", "y")));
        }
        assertThat(destination.rows()).containsExactly("y\t1");
    }

    @Test
    void neverOmitsTheKey() throws Exception {
        database.execute("CREATE TABLE orders (name text)");
        for (SchemaChangePolicy policy : SchemaChangePolicy.values()) {
            try (PostgresDestinationClient client = client(policy)) {
                assertThat(client.check(BEFORE)).first().asString().contains("column \"id\"");
            }
        }
    }

    @Test
    void failsUnderFail() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.FAIL, BEFORE)) {
            assertThatThrownBy(() -> client.prepare(AFTER))
                    .hasMessageStartingWith(
                            "column \"note\": not in \"public\".\"orders\" (schema_change: fail); ")
                    .hasMessageEndingWith(
                            "ALTER TABLE \"public\".\"orders\" ADD COLUMN IF NOT EXISTS \"note\""
                                    + " character varying(20)");
        }
    }

    @Test
    void continuesWithoutADroppedSourceColumn() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, AFTER)) {
            client.write(numbered(row(AFTER, "1", "a", "kept")));
            client.prepare(BEFORE);
            client.write(numbered(row(BEFORE, "1", "a2")));
            database.execute("ALTER TABLE orders ALTER note SET NOT NULL");
            assertThatThrownBy(() -> client.write(numbered(row(BEFORE, "2", "b"))))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageEndingWith(
                            "ALTER TABLE \"public\".\"orders\" ALTER COLUMN \"note\" DROP NOT"
                                    + " NULL");
            run(client, BEFORE);
            client.prepare(BEFORE);
            number = 2;
            client.write(numbered(row(BEFORE, "2", "b")));
        }
        assertThat(destination.rows()).containsExactly("1\ta2\tkept", "2\tb\t\\N");
    }

    @Test
    void recoversAfterTheRecommendedAlter() throws Exception {
        RowSchema narrow = with(column("amount", 23, "integer"));
        RowSchema wide = with(column("amount", 20, "bigint"));
        RowSchema text = with(column("amount", 1043, "character varying(7)"));
        RowSchema number10 = with(column("amount", 1700, "numeric(10,2)"));
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, narrow)) {
            client.write(numbered(row(narrow, "1", "a", "7")));
            for (RowSchema retyped : List.of(wide, text, number10)) {
                assertThatThrownBy(() -> client.prepare(retyped))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("does not fit destination type");
                run(client, retyped);
                client.prepare(retyped);
            }
            client.write(numbered(row(number10, "2", "b", "8.50")));
        }
        assertThat(destination.rows()).containsExactly("1\ta\t7.00", "2\tb\t8.50");
    }

    @Test
    void detectsATypeChange() throws Exception {
        RowSchema schema = with(column("amount", 1700, "numeric(10,2)"));
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, schema)) {
            client.write(numbered(row(schema, "1", "a", "1.50")));
            client.write(numbered(row(schema, "1", "a", "2.50")));
            // an assignment would round silently
            database.execute("ALTER TABLE orders ALTER amount TYPE integer");
            assertThatThrownBy(() -> client.write(numbered(row(schema, "2", "b", "1.49"))))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("source type numeric(10,2) does not fit");
        }
        assertThat(database.queryOne("SELECT count(*) FROM orders")).isEqualTo("1");
    }

    @Test
    void detectsATypeChangeDuringADirectCopy() throws Exception {
        RowSchema schema = with(column("at", 1184, "timestamp with time zone"));
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, schema)) {
            client.write(numbered(row(schema, "1", "a", "2024-01-01 23:59:59+00")));
            database.execute("ALTER TABLE orders ALTER at TYPE date");
            assertThatThrownBy(
                            () ->
                                    client.write(
                                            numbered(
                                                    row(
                                                            schema,
                                                            "2",
                                                            "b",
                                                            "2024-01-01 23:59:59+00"))))
                    .isInstanceOf(DestinationException.class);
        }
    }

    @Test
    void acceptsAWiderTypeImmediately() throws Exception {
        RowSchema schema = with(column("code", 1043, "character varying(5)"));
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text, code varchar(5))",
                "INSERT INTO orders VALUES (1, 'a', 'x')");
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, schema)) {
            client.write(numbered(row(schema, "1", "a", "abcde")));
            database.execute("ALTER TABLE orders ALTER code TYPE text");
            client.write(numbered(row(schema, "2", "b", "fghij")));
        }
        assertThat(destination.rows()).containsExactly("1\ta\tabcde", "2\tb\tfghij");
    }

    @Test
    void continuesInATableThatWasRecreatedBeforeTheFirstRow() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            database.execute(
                    "DROP TABLE orders",
                    "CREATE TABLE orders (name text, extra int DEFAULT 7, id bigint PRIMARY KEY)");
            client.write(numbered(row(BEFORE, "2", "b")));
            client.write(numbered(row(BEFORE, "2", "b2")));
        }
        assertThat(destination.rows()).containsExactly("b2\t7\t2");
    }

    @Test
    void failsAtATableThatWasRecreatedAfterRowsWereDelivered() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            client.write(numbered(row(BEFORE, "1", "a")));
            database.execute(
                    "DROP TABLE orders", "CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
            assertThatThrownBy(() -> client.write(numbered(row(BEFORE, "2", "b"))))
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("table \"orders\" is another one");
            database.execute("DROP TABLE orders");
            assertThatThrownBy(() -> client.write(numbered(row(BEFORE, "2", "b"))))
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("table \"orders\" does not exist");
            assertThat(database.queryOne("SELECT to_regclass('orders') IS NULL")).isEqualTo("t");
        }
    }

    @Test
    void reportsAMissingTableThatMayNotBeCreated() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, name text)");
        try (PostgresDestinationClient client =
                client(destination.testPipeline().neverCreating(), SchemaChangePolicy.EVOLVE)) {
            client.open(PostgresTestTable.writer("r"));
            client.prepare(BEFORE);
            database.execute("DROP TABLE orders");
            assertThatThrownBy(() -> client.write(numbered(row(BEFORE, "1", "a"))))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(
                            "table \"orders\": not there; create it, or leave out create_table:"
                                    + " never");
        }
    }

    @Test
    void continuesInATableThatWasEmptied() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            client.write(numbered(row(BEFORE, "1", "a")));
            client.write(numbered(row(BEFORE, "1", "a2")));
            database.execute("TRUNCATE orders");
            client.write(numbered(row(BEFORE, "1", "a3"), row(BEFORE, "2", "b")));
        }
        assertThat(destination.rows()).containsExactly("1\ta3", "2\tb");
    }

    @Test
    void reportsADroppedUniqueIndex() throws Exception {
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, BEFORE)) {
            client.write(numbered(row(BEFORE, "1", "a")));
            client.write(numbered(row(BEFORE, "1", "a2")));
            database.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey");
            assertThatThrownBy(() -> client.write(numbered(row(BEFORE, "1", "a3"))))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("no unique index on exactly the key's columns id");
        }
    }

    @Test
    void omitsAGeneratedColumn() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text,"
                        + " note text GENERATED ALWAYS AS (upper(name)) STORED)");
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, AFTER)) {
            assertThat(client.check(AFTER)).isEmpty();
            client.write(numbered(row(AFTER, "1", "a", "theirs")));
            client.write(numbered(row(AFTER, "1", "b", "theirs"), row(AFTER, "2", "c", "\\N")));
        }
        assertThat(destination.rows()).containsExactly("1\tb\tB", "2\tc\tC");
    }

    @Test
    void neverChangesAnIdentityColumnSilently() throws Exception {
        RowSchema schema = with(column("row_no", 23, "integer"));
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text,"
                        + " row_no int GENERATED ALWAYS AS IDENTITY)",
                "INSERT INTO orders (id, name) VALUES (1, 'old')");
        try (PostgresDestinationClient client = open(SchemaChangePolicy.EVOLVE, schema)) {
            client.write(numbered(row(schema, "1", "a", "1"), row(schema, "2", "b", "70")));
            assertThatThrownBy(
                            () ->
                                    client.write(
                                            numbered(
                                                    row(schema, "1", "a", "1"),
                                                    row(schema, "2", "b", "71"))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessage(
                            "column \"row_no\": GENERATED ALWAYS AS IDENTITY, so the value of a row"
                                    + " that is there cannot be changed; ALTER TABLE"
                                    + " \"public\".\"orders\" ALTER COLUMN \"row_no\" SET GENERATED"
                                    + " BY DEFAULT");
            database.execute(
                    "ALTER TABLE \"public\".\"orders\" ALTER COLUMN \"row_no\" SET GENERATED BY"
                            + " DEFAULT");
            client.write(numbered(row(schema, "2", "b", "71")));
        }
        assertThat(destination.rows()).containsExactly("1\ta\t1", "2\tb\t71");
    }
}
