package com.evolvishub.cdc.connectors.postgres.deadletter;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.REFUSE_SUPERSEDED;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.WRITE_SUPERSEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresConnector;
import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PostgresDeadLetterStoreITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final RowSchema KEYED = TestPipeline.KEYED;

    private Database database;
    private PostgresTestTable destination;
    private TestPipeline testPipeline;
    private long number;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
        testPipeline = destination.testPipeline();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text CONSTRAINT short CHECK"
                        + " (length(name) <= 5))",
                "INSERT INTO orders VALUES (1, 'one')");
    }

    private PostgresDestinationClient open(RowSchema schema) throws Exception {
        PostgresDestinationClient client = destination.client(testPipeline);
        number = client.open(PostgresTestTable.writer("run " + number)).lastSequence();
        client.prepare(schema);
        return client;
    }

    private void writeDeadLetter(PostgresDestinationClient client, ChangeRow row) throws Exception {
        client.writeDeadLetter(row.withSequence(++number), "too long");
    }

    private void write(PostgresDestinationClient client, ChangeRow row) throws Exception {
        client.write(List.of(row.withSequence(++number)));
    }

    private DeadLetterStore deadLetters() {
        return new PostgresConnector().deadLetterStore(testPipeline.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore deadLetters = deadLetters()) {
            return deadLetters.listAfter("", 100);
        }
    }

    private DeadLetter only() throws Exception {
        assertThat(all()).hasSize(1);
        return all().get(0);
    }

    private void widen() {
        database.execute("ALTER TABLE orders DROP CONSTRAINT short");
    }

    @Test
    void listIsEmptyBeforeTheFirstDelivery() throws Exception {
        assertThat(all()).isEmpty();
        assertThat(database.queryOne("SELECT to_regnamespace('evolvishub_cdc') IS NULL"))
                .isIn("t", "true");
    }

    @Test
    void listsOldestFirstInPages() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "too long"));
            writeDeadLetter(client, row(KEYED, "3", "\\N"));
            writeDeadLetter(client, row(Operation.DELETE, KEYED, "4"));
        }
        try (DeadLetterStore deadLetters = deadLetters()) {
            List<DeadLetter> first = deadLetters.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).error()).isEqualTo("too long");
            assertThat(first.get(0).payload())
                    .isEqualTo("{\"id\" : \"2\", \"name\" : \"too long\"}");
            assertThat(first.get(0).superseded()).isEmpty();
            assertThat(first.get(1).payload()).isEqualTo("{\"id\" : \"3\", \"name\" : null}");
            List<DeadLetter> rest = deadLetters.listAfter(first.get(1).id(), 2);
            assertThat(rest).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(deadLetters.find(rest.get(0).id())).contains(rest.get(0));
            assertThat(deadLetters.find("4711")).isEmpty();
            assertThat(deadLetters.find("no id")).isEmpty();
        }
    }

    @Test
    void replayWritesTheRowAndDeletesTheDeadLetter() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "a\\tb \\\\ long"));
            DeadLetter deadLetter = only();
            try (DeadLetterStore deadLetters = deadLetters()) {
                assertThat(deadLetters.replay(deadLetter, REFUSE_SUPERSEDED))
                        .contains(
                                "refused again: new row for relation \"orders\" violates check"
                                        + " constraint \"short\" (SQLSTATE 23514)");
                assertThat(all()).hasSize(1);
                widen();
                assertThat(deadLetters.replay(deadLetter, REFUSE_SUPERSEDED)).isEmpty();
                assertThat(deadLetters.replay(deadLetter, REFUSE_SUPERSEDED))
                        .contains("it is not there any more");
            }
            assertThat(all()).isEmpty();
            // the pipeline continues after the last row
            write(client, row(KEYED, "3", "new"));
        }
        assertThat(destination.rows()).containsExactly("1\tone", "2\ta\\tb \\\\ long", "3\tnew");
        assertThat(database.queryOne("SELECT last_number FROM evolvishub_cdc.lane")).isEqualTo("2");
    }

    @Test
    void rejectsAReplayIfTheKeyWasDeliveredLater() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "1", "older and too long"));
            write(client, row(KEYED, "1", "newer"));
        }
        widen();
        DeadLetter deadLetter = only();
        try (DeadLetterStore deadLetters = deadLetters()) {
            assertThat(deadLetter.superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(deadLetters.replay(deadLetter, REFUSE_SUPERSEDED))
                    .contains("row 2 of the same key came after it");
            assertThat(destination.rows()).containsExactly("1\tnewer");
            assertThat(deadLetters.replay(deadLetter, WRITE_SUPERSEDED)).isEmpty();
        }
        assertThat(destination.rows()).containsExactly("1\tolder and too long");
        assertThat(all()).isEmpty();
    }

    @Test
    void rejectsAReplayIfTheRowWasDeletedLater() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "too long"));
        }
        // another run also knows the dead letters of the previous run
        try (PostgresDestinationClient client = open(KEYED)) {
            write(client, row(Operation.DELETE, KEYED, "2"));
        }
        assertThat(only().superseded()).isEqualTo("row 2 of the same key came after it");
    }

    @Test
    void aDeadLetterSupersedesAnOlderOneOfTheSameKey() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "first of all"));
            writeDeadLetter(client, row(KEYED, "2", "second of all"));
        }
        widen();
        try (DeadLetterStore deadLetters = deadLetters()) {
            List<DeadLetter> two = deadLetters.listAfter("", 10);
            assertThat(deadLetters.replay(two.get(0), REFUSE_SUPERSEDED)).isPresent();
            assertThat(deadLetters.replay(two.get(1), REFUSE_SUPERSEDED)).isEmpty();
            deadLetters.drop(two.get(0));
            deadLetters.drop(two.get(0));
        }
        assertThat(destination.rows()).containsExactly("1\tone", "2\tsecond of all");
        assertThat(all()).isEmpty();
    }

    @Test
    void deliveryOfAnotherKeyDoesNotSupersede() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "too long"));
            write(client, row(KEYED, "3", "new"));
        }
        assertThat(only().superseded()).isEmpty();
    }

    @Test
    void appendsARowWithoutAKey() throws Exception {
        database.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey");
        try (PostgresDestinationClient client = open(TestPipeline.KEYLESS)) {
            writeDeadLetter(client, row(TestPipeline.KEYLESS, "1", "too long"));
            write(client, row(TestPipeline.KEYLESS, "1", "one"));
        }
        widen();
        try (DeadLetterStore deadLetters = deadLetters()) {
            assertThat(deadLetters.replay(only(), REFUSE_SUPERSEDED)).isEmpty();
        }
        assertThat(destination.rows()).containsExactlyInAnyOrder("1\tone", "1\tone", "1\ttoo long");
    }

    @Test
    void identifiesARowWithoutAKeyByRowId() throws Exception {
        database.execute("DROP TABLE orders");
        testPipeline = testPipeline.byDiff();
        ChangeRow one = row(TestPipeline.KEYLESS, "1", "a").withRowId(new byte[] {1, (byte) 0xfe});
        ChangeRow two = row(TestPipeline.KEYLESS, "1", "a").withRowId(new byte[] {2});
        try (PostgresDestinationClient client = open(TestPipeline.KEYLESS)) {
            writeDeadLetter(client, one);
            writeDeadLetter(client, two);
            write(client, row(Operation.DELETE, TestPipeline.KEYLESS).withRowId(new byte[] {2}));
        }
        try (DeadLetterStore deadLetters = deadLetters()) {
            List<DeadLetter> both = deadLetters.listAfter("", 10);
            assertThat(deadLetters.replay(both.get(0), REFUSE_SUPERSEDED)).isEmpty();
            assertThat(deadLetters.replay(both.get(1), REFUSE_SUPERSEDED)).isPresent();
        }
        assertThat(destination.rows()).containsExactly("1\ta\t\\\\x01fe");
    }

    @Test
    void writesUnusualTypesLikeACopy() throws Exception {
        RowSchema odd =
                new RowSchema(
                        List.of(
                                TestPipeline.column("id", 20, "bigint"),
                                TestPipeline.column("doc", 114, "json"),
                                TestPipeline.column("tags", 1009, "text[]"),
                                TestPipeline.column("raw", 17, "bytea"),
                                TestPipeline.column("at", 1184, "timestamp with time zone"),
                                TestPipeline.column("gone", 25, "text")),
                        List.of(0));
        database.execute(
                "DROP TABLE orders",
                "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, doc json,"
                        + " tags text[], raw bytea, at timestamptz, gone text)");
        try (PostgresDestinationClient client = open(odd)) {
            for (String id : List.of("1", "2")) {
                writeDeadLetter(
                        client,
                        row(
                                odd,
                                id,
                                "{\"a\": 1.0}",
                                "{a,\"b c\",NULL}",
                                "\\\\x00ff",
                                "infinity",
                                "\\N"));
            }
        }
        database.execute("ALTER TABLE orders DROP gone");
        try (DeadLetterStore deadLetters = deadLetters()) {
            assertThat(deadLetters.replay(all().get(0), REFUSE_SUPERSEDED))
                    .contains("refused again: column \"gone\": not in \"public\".\"orders\"");
            database.execute("ALTER TABLE orders ADD gone text");
            for (DeadLetter deadLetter : all()) {
                assertThat(deadLetters.replay(deadLetter, REFUSE_SUPERSEDED)).isEmpty();
            }
        }
        assertThat(destination.rows())
                .containsExactly(
                        "1\t{\"a\": 1.0}\t{a,\"b c\",NULL}\t\\\\x00ff\tinfinity\t\\N",
                        "2\t{\"a\": 1.0}\t{a,\"b c\",NULL}\t\\\\x00ff\tinfinity\t\\N");
    }

    @Test
    void replaysADelete() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(Operation.DELETE, KEYED, "1"));
        }
        try (DeadLetterStore deadLetters = deadLetters()) {
            assertThat(deadLetters.replay(only(), REFUSE_SUPERSEDED)).isEmpty();
        }
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void reportsADroppedTable() throws Exception {
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "2", "too long"));
        }
        database.execute("DROP TABLE orders");
        DeadLetter deadLetter = only();
        try (DeadLetterStore deadLetters = deadLetters()) {
            assertThatThrownBy(() -> deadLetters.replay(deadLetter, REFUSE_SUPERSEDED))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage("table \"orders\": not there");
        }
        assertThat(all()).hasSize(1);
    }

    @Test
    void upgradesTheTableOfAnEarlierBuild() throws Exception {
        open(KEYED).close();
        database.execute(
                "ALTER TABLE evolvishub_cdc.dead_letter DROP key_columns, DROP row_id,"
                        + " DROP key_text, DROP superseded_by",
                "INSERT INTO evolvishub_cdc.dead_letter (mapping, identity, number, operation,"
                        + " error, payload) VALUES ('orders', 'file/orders', 1, 'u', 'bad',"
                        + " '{\"id\":\"2\",\"name\":\"b\"}')");
        assertThat(only().superseded()).contains("earlier build");
        try (PostgresDestinationClient client = open(KEYED)) {
            writeDeadLetter(client, row(KEYED, "3", "too long"));
        }
        assertThat(all()).hasSize(2);
    }

    @Test
    void storesARowWithCharactersThatTheDatabaseEncodingLacks(@FreshDatabase Database admin)
            throws Exception {
        String name = admin.name() + "_latin";
        admin.execute(
                "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
        PostgresTestTable latin =
                new PostgresTestTable(
                        new Database(
                                name,
                                admin.jdbcUrl().replace("/" + admin.name(), "/" + name),
                                admin.host(),
                                admin.port(),
                                admin.user(),
                                admin.password()),
                        "",
                        "orders");
        latin.database().execute("CREATE TABLE orders (id text PRIMARY KEY, name text)");
        RowSchema texts =
                new RowSchema(
                        List.of(
                                TestPipeline.column("id", 25, "text"),
                                TestPipeline.column("name", 25, "text")),
                        List.of(0));
        testPipeline = latin.testPipeline();
        try (PostgresDestinationClient client = latin.client(testPipeline)) {
            client.open(PostgresTestTable.writer("latin"));
            client.prepare(texts);
            ChangeRow cyrillic =
                    row(texts, "\u0416", "\u0416 \u00e9 \\\\u0416").withSequence(++number);
            assertThatThrownBy(() -> client.write(List.of(cyrillic)))
                    .isInstanceOf(RowRejectedException.class);
            client.writeDeadLetter(cyrillic, "no \u0416");
            assertThat(only().payload())
                    .isEqualTo("{\"id\" : \"\\u0416\", \"name\" : \"\\u0416 \\u00e9 \\\\u0416\"}");
            assertThat(only().error()).isEqualTo("no \\u0416");
            try (DeadLetterStore deadLetters = deadLetters()) {
                assertThat(deadLetters.replay(only(), REFUSE_SUPERSEDED).orElseThrow())
                        .startsWith("refused again: ");
            }
            client.writeDeadLetter(cyrillic.withSequence(++number), "again");
            assertThat(all().get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            client.writeDeadLetter(row(texts, "1", "\u00e9").withSequence(++number), "odd");
            try (DeadLetterStore deadLetters = deadLetters()) {
                assertThat(deadLetters.replay(all().get(2), REFUSE_SUPERSEDED)).isEmpty();
            }
        }
        assertThat(latin.rows()).containsExactly("1\t\u00e9");
    }
}
