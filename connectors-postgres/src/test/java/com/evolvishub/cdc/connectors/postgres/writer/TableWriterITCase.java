package com.evolvishub.cdc.connectors.postgres.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class TableWriterITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private Database database;
    private PostgresTestTable destination;
    private long number;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    private List<ChangeRow> numbered(ChangeRow... rows) {
        List<ChangeRow> numbered = new ArrayList<>();
        for (ChangeRow row : rows) {
            numbered.add(row.withSequence(++number));
        }
        return numbered;
    }

    private PostgresDestinationClient open(TestPipeline testPipeline, RowSchema schema)
            throws Exception {
        PostgresDestinationClient client = destination.client(testPipeline);
        number = client.open(PostgresTestTable.writer("run " + number)).lastSequence();
        client.prepare(schema);
        return client;
    }

    @Test
    void createsAMissingTableWithTheSourcesTypesAndKey() throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("id", 20, "bigint"),
                                column("amount", 1700, "numeric(10,2)"),
                                column("at", 1184, "timestamp(3) with time zone"),
                                column("tags", 1009, "text[]"),
                                column("at2", 1115, "timestamp(0) without time zone[]")),
                        List.of(0));
        try (PostgresDestinationClient client = open(destination.testPipeline(), schema)) {
            client.write(numbered(row(schema, "1", "1.50", "infinity", "{a,\"b c\",NULL}", "{}")));
            assertThat(client.upserts(schema)).isTrue();
        }
        assertThat(destination.rows()).containsExactly("1\t1.50\tinfinity\t{a,\"b c\",NULL}\t{}");
        assertThat(
                        database.queryAll(
                                "SELECT format_type(atttypid, atttypmod), attnotnull::text"
                                        + " FROM pg_attribute WHERE attrelid = 'orders'::regclass"
                                        + " AND attnum > 0 ORDER BY attnum"))
                .containsExactly(
                        List.of("bigint", "true"),
                        List.of("numeric(10,2)", "false"),
                        List.of("timestamp(3) with time zone", "false"),
                        List.of("text[]", "false"),
                        List.of("timestamp(0) without time zone[]", "false"));
    }

    @Test
    void reportsTheTablesPrimaryKey() throws Exception {
        database.execute("CREATE TABLE orders (a int, b int, c int, PRIMARY KEY (c, a))");
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.open(PostgresTestTable.writer("r")).target().key())
                    .containsExactly("c", "a");
        }
    }

    @Test
    void switchesFromCopyToMergeAtTheFirstExistingRow() throws Exception {
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(numbered(row(KEYED, "1", "a"), row(KEYED, "2", "b")));
            client.write(numbered(row(KEYED, "2", "b2"), row(KEYED, "3", "c")));
            client.write(numbered(row(KEYED, "3", "c2"), row(KEYED, "3", "c3")));
        }
        assertThat(destination.rows()).containsExactly("1\ta", "2\tb2", "3\tc3");
    }

    @Test
    void doesNotUpdateAnIdenticalRow() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (9, 'mine')");
        String before = database.queryOne("SELECT ctid::text FROM orders WHERE id = 1");
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(numbered(row(KEYED, "1", "a"), row(KEYED, "2", "b2")));
        }
        assertThat(destination.rows()).containsExactly("1\ta", "2\tb2", "9\tmine");
        assertThat(database.queryOne("SELECT ctid::text FROM orders WHERE id = 1"))
                .isEqualTo(before);
    }

    @Test
    void deletesByKeyAndKeepsTheOrderOfVersions() throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("name", 25, "text"),
                                column("b", 23, "integer"),
                                column("a", 25, "text")),
                        List.of(2, 1));
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(
                    numbered(
                            row(Operation.INSERT, schema, "one", "1", "x"),
                            row(Operation.INSERT, schema, "two", "2", "x"),
                            row(Operation.INSERT, schema, "three", "3", "x")));
            client.write(
                    numbered(
                            row(Operation.DELETE, schema, "x", "1"),
                            row(Operation.UPDATE, schema, "two!", "2", "x"),
                            row(Operation.DELETE, schema, "x", "3"),
                            row(Operation.INSERT, schema, "three again", "3", "x"),
                            row(Operation.INSERT, schema, "four", "4", "x"),
                            row(Operation.DELETE, schema, "x", "4")));
        }
        assertThat(destination.rows()).containsExactly("three again\t3\tx", "two!\t2\tx");
    }

    @Test
    void identifiesRowsWithoutAKeyByRowId() throws Exception {
        RowSchema schema = TestPipeline.KEYLESS;
        byte[] first = {1, 2};
        byte[] second = {(byte) 0xff};
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(
                    numbered(
                            row(Operation.INSERT, schema, "1", "a").withRowId(first),
                            row(Operation.INSERT, schema, "1", "a").withRowId(second)));
            client.write(
                    numbered(
                            ChangeRow.of(Operation.DELETE, schema, new byte[0], new byte[0])
                                    .withRowId(first)));
        }
        assertThat(destination.rows()).containsExactly("1\ta\t\\\\xff");
    }

    @Test
    void appendsRowsWithoutAKey() throws Exception {
        RowSchema schema = TestPipeline.KEYLESS;
        try (PostgresDestinationClient client = open(destination.testPipeline(), schema)) {
            client.write(numbered(row(schema, "1", "a"), row(schema, "1", "a")));
            assertThat(client.upserts(schema)).isFalse();
        }
        assertThat(destination.rows()).containsExactly("1\ta", "1\ta");
    }

    @Test
    void preservesEveryByteOfTheText() throws Exception {
        String odd =
                "tab\\t line\\n back\\\\slash \\\\N 'quote' \"double\" é 🐘 \\b\\f\\v\\r \\\\.";
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(
                    numbered(row(KEYED, "1", odd), row(KEYED, "2", "\\N"), row(KEYED, "3", "")));
            client.write(numbered(row(KEYED, "1", odd + "!"), row(KEYED, "4", "\\\\.")));
        }
        assertThat(destination.rows())
                .containsExactly("1\t" + odd + "!", "2\t\\N", "3\t", "4\t\\\\.");
    }

    @Test
    void writesALineThatIsLongerThanTheBuffer() throws Exception {
        String big = "x".repeat(300_000);
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(
                    numbered(
                            row(KEYED, "1", "a"),
                            row(KEYED, "2", big),
                            row(KEYED, "3", "y".repeat((64 << 10) - 6)),
                            row(KEYED, "4", "b")));
        }
        assertThat(database.queryAll("SELECT length(name)::text FROM orders ORDER BY id"))
                .extracting(row -> row.get(0))
                .containsExactly("1", "300000", "65530", "1");
    }

    @Test
    void quotesHostileNames() throws Exception {
        destination =
                new PostgresTestTable(database, "We\"ird. schema", "a.b; DROP TABLE x; --\"🐘'");
        database.execute("CREATE SCHEMA \"We\"\"ird. schema\"");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("Order", 20, "bigint"),
                                column("a.b", 25, "text"),
                                column("q\"uote'", 25, "text"),
                                column("select", 25, "text"),
                                column("🐘", 25, "text"),
                                column("excluded", 25, "text"),
                                column("cdc_t", 25, "text")),
                        List.of(0, 2));
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(numbered(row(schema, "1", "b", "q", "s", "e", "x", "t")));
            client.write(
                    numbered(
                            row(schema, "1", "b2", "q", "s", "e", "x", "t"),
                            row(schema, "2", "b", "q", "s", "e", "x", "t")));
            client.write(numbered(row(Operation.DELETE, schema, "2", "q")));
        }
        assertThat(destination.rows()).containsExactly("1\tb2\tq\ts\te\tx\tt");
    }

    @Test
    void writesToColumnsInAnotherOrderWithWiderTypes() throws Exception {
        database.execute(
                "CREATE DOMAIN shout AS text CHECK (VALUE = upper(VALUE))",
                "CREATE TABLE orders (extra int DEFAULT 7, name shout, doc json,"
                        + " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, spot point,"
                        + " size int GENERATED ALWAYS AS (length(name)) STORED, at timestamptz)");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("id", 23, "integer"),
                                column("name", 1043, "character varying(20)"),
                                column("at", 1082, "date"),
                                column("doc", 3802, "jsonb"),
                                column("spot", 600, "point")),
                        List.of(0));
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(numbered(row(schema, "5", "ABC", "2026-02-03", "{\"a\": 1}", "(1,2)")));
            client.write(
                    numbered(
                            row(schema, "5", "ABCD", "2026-02-03", "{\"a\": 1}", "(1,2)"),
                            row(schema, "6", "X", "infinity", "\\N", "\\N")));
        }
        assertThat(
                        database.queryAll(
                                "SELECT extra::text, name, doc::text, id::text, spot::text,"
                                        + " size::text, (at AT TIME ZONE 'UTC')::text FROM orders"
                                        + " WHERE id = 5"))
                .containsExactly(
                        List.of(
                                "7",
                                "ABCD",
                                "{\"a\": 1}",
                                "5",
                                "(1,2)",
                                "4",
                                "2026-02-03 00:00:00"));
    }

    @Test
    void writesIntoAPartitionedTable() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text) PARTITION BY HASH (id)",
                "CREATE TABLE orders_0 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER"
                        + " 0)",
                "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER"
                        + " 1)",
                "INSERT INTO orders VALUES (1, 'old')");
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(numbered(row(KEYED, "1", "a"), row(KEYED, "2", "b")));
        }
        assertThat(destination.rows()).containsExactly("1\ta", "2\tb");
    }

    @Test
    void namesTheColumnOfARejectedRowWithoutShowingOtherCells() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text NOT NULL CHECK (name <>"
                        + " 'z'))");
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            assertThatThrownBy(() -> client.write(numbered(row(KEYED, "x1", "secret"))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageStartingWith("column \"id\": ")
                    .hasMessageEndingWith("(SQLSTATE 22P02)")
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> client.write(numbered(row(KEYED, "1", "\\N"))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageStartingWith("column \"name\": ");
            assertThatThrownBy(() -> client.write(numbered(row(KEYED, "1", "z"))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageContaining("orders_name_check");
            client.write(numbered(row(KEYED, "1", "fine")));
        }
        assertThat(destination.rows()).containsExactly("1\tfine");
    }

    @Test
    void rejectsANullInTheKey() throws Exception {
        database.execute("CREATE TABLE orders (id bigint UNIQUE, name text)");
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            assertThatThrownBy(() -> client.write(numbered(row(KEYED, "\\N", "a"))))
                    .isInstanceOf(RowRejectedException.class);
        }
    }

    @Test
    void writesARejectedRowToTheDeadLetters() throws Exception {
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            ChangeRow bad = numbered(row(KEYED, "x", "a\\tb")).get(0);
            client.writeDeadLetter(bad, "no number");
        }
        assertThat(
                        database.queryAll(
                                "SELECT mapping, number::text, error, payload::text"
                                        + " FROM evolvishub_cdc.dead_letter"))
                .containsExactly(
                        List.of(
                                "orders",
                                "1",
                                "no number",
                                "{\"id\" : \"x\", \"name\" : \"a\\tb\"}"));
        assertThat(database.queryOne("SELECT last_number FROM evolvishub_cdc.lane")).isEqualTo("1");
    }

    @Test
    void reportsAllProblems() throws Exception {
        database.execute(
                "CREATE TABLE orders (id integer, custmer text, amount integer, must int NOT NULL,"
                        + " twice int GENERATED ALWAYS AS (amount * 2) STORED)");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("id", 20, "bigint"),
                                column("customer", 25, "text"),
                                column("amount", 1700, "numeric(10,2)"),
                                column("twice", 23, "integer")),
                        List.of(0));
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(schema))
                    .containsExactly(
                            "column \"id\": source type bigint does not fit destination type"
                                    + " integer; ALTER TABLE \"public\".\"orders\" ALTER COLUMN \"id\""
                                    + " TYPE bigint",
                            "column \"customer\": not in \"public\".\"orders\"; did you mean"
                                    + " \"custmer\"?; map it with column_mapping, leave it out with"
                                    + " exclude_columns, or ALTER TABLE \"public\".\"orders\" ADD"
                                    + " COLUMN IF NOT EXISTS \"customer\" text",
                            "column \"amount\": source type numeric(10,2) does not fit destination"
                                    + " type integer; ALTER TABLE \"public\".\"orders\" ALTER COLUMN"
                                    + " \"amount\" TYPE numeric(10,2) USING \"amount\"::numeric(10,2)",
                            "column \"must\": NOT NULL without a default, and no source column goes"
                                    + " into it; map one to it with column_mapping, or ALTER TABLE"
                                    + " \"public\".\"orders\" ALTER COLUMN \"must\" DROP NOT NULL",
                            "\"public\".\"orders\" has no unique index on exactly the key's columns"
                                    + " id; CREATE UNIQUE INDEX ON \"public\".\"orders\" (\"id\")");
            assertThatThrownBy(() -> client.prepare(schema))
                    .isInstanceOf(DestinationException.class);
        }
    }

    @Test
    void doesNotCreateATableIfThatIsDisabled() throws Exception {
        try (PostgresDestinationClient client =
                destination.client(destination.testPipeline().neverCreating())) {
            client.open(PostgresTestTable.writer("r"));
            assertThatThrownBy(() -> client.prepare(KEYED))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("create_table: never");
        }
    }

    @Test
    void rejectsAView() throws Exception {
        database.execute("CREATE VIEW orders AS SELECT 1::bigint AS id, ''::text AS name");
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(KEYED)).singleElement().asString().contains("no table");
        }
    }

    @Test
    void writesLargeBatchesOfBothKinds() throws Exception {
        List<ChangeRow> rows = new ArrayList<>();
        for (int i = 1; i <= 5000; i++) {
            byte[] line = (i + "\tname of " + i).getBytes(StandardCharsets.UTF_8);
            rows.add(ChangeRow.of(Operation.UPSERT, KEYED, line, new byte[0]).withSequence(i));
        }
        try (PostgresDestinationClient client = open(destination.testPipeline(), KEYED)) {
            client.write(rows);
            client.write(rows);
        }
        assertThat(database.queryOne("SELECT count(*) FROM orders")).isEqualTo("5000");
    }
}
