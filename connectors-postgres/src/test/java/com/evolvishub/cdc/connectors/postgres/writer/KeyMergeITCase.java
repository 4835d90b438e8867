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
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys that are equal but not identical, and values with a second unique index. */
@Timeout(300)
class KeyMergeITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Database database;
    private PostgresTestTable destination;
    private long number;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    private PostgresDestinationClient open(TestPipeline testPipeline, RowSchema schema)
            throws Exception {
        PostgresDestinationClient client = destination.client(testPipeline);
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
    void updatesAKeyThatDiffersOnlyInItsText() throws Exception {
        RowSchema schema =
                new RowSchema(
                        List.of(column("price", 1700, "numeric"), column("name", 25, "text")),
                        List.of(0));
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(
                    numbered(
                            row(Operation.INSERT, schema, "1.0", "a"),
                            row(Operation.INSERT, schema, "2.0", "b")));
            // the comparison sends the new row first, and the delete of the old row after the
            // complete read
            client.write(numbered(row(Operation.INSERT, schema, "1.00", "a")));
            client.write(numbered(row(Operation.DELETE, schema, "1.0")));
            client.write(
                    numbered(
                            row(Operation.INSERT, schema, "2.00", "b"),
                            row(Operation.DELETE, schema, "2.0")));
        }
        assertThat(destination.rows()).containsExactly("1.00\ta", "2.00\tb");
    }

    @Test
    void namesTheConstraintOnSwappedValues() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE)",
                "INSERT INTO orders VALUES (1, 'a'), (2, 'b')");
        RowSchema schema = TestPipeline.KEYED;
        ChangeRow[] swapped = {row(schema, "1", "b"), row(schema, "2", "a")};
        try (PostgresDestinationClient client = open(destination.testPipeline(), schema)) {
            assertThatThrownBy(() -> client.write(numbered(swapped)))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageStartingWith("duplicate key value violates unique constraint")
                    .hasMessageEndingWith(
                            "; if rows trade this value among themselves, ALTER TABLE"
                                    + " \"public\".\"orders\" DROP CONSTRAINT \"orders_name_key\", ADD"
                                    + " CONSTRAINT \"orders_name_key\" UNIQUE (name) DEFERRABLE");
            number = 0;
            database.execute(
                    "ALTER TABLE \"public\".\"orders\" DROP CONSTRAINT \"orders_name_key\", ADD"
                            + " CONSTRAINT \"orders_name_key\" UNIQUE (name) DEFERRABLE");
            client.write(numbered(swapped));
        }
        assertThat(destination.rows()).containsExactly("1\tb", "2\ta");
    }

    @Test
    void movesAUniqueValueFromADeletedToAnInsertedRow() throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text UNIQUE)",
                "INSERT INTO orders VALUES (1, 'a')");
        RowSchema schema = TestPipeline.KEYED;
        try (PostgresDestinationClient client = open(destination.testPipeline().byDiff(), schema)) {
            client.write(
                    numbered(
                            row(Operation.INSERT, schema, "2", "a"),
                            row(Operation.DELETE, schema, "1")));
        }
        assertThat(destination.rows()).containsExactly("2\ta");
    }

    @Test
    void identifiesTheRejectedRow() throws Exception {
        database.execute(
                "CREATE TABLE parents (id int PRIMARY KEY)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text CHECK (name <> 'bad'),"
                        + " parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED,"
                        + " small varchar(3) NOT NULL DEFAULT '')");
        RowSchema schema =
                new RowSchema(
                        List.of(
                                column("id", 20, "bigint"),
                                column("name", 25, "text"),
                                column("parent", 23, "integer"),
                                column("small", 1043, "character varying(3)")),
                        List.of(0));
        try (PostgresDestinationClient client = open(destination.testPipeline(), schema)) {
            for (ChangeRow bad :
                    List.of(
                            row(schema, "1", "bad", "\\N", "a"),
                            row(schema, "1", "a", "7", "a"),
                            row(schema, "1", "a", "\\N", "abcd"),
                            row(schema, "1", "a", "\\N", "\\N"),
                            row(schema, "99999999999999999999", "a", "\\N", "a"))) {
                assertThatThrownBy(
                                () ->
                                        client.write(
                                                numbered(row(schema, "5", "x", "\\N", "x"), bad)))
                        .isInstanceOf(RowRejectedException.class);
            }
        }
        assertThat(destination.rows()).isEmpty();
    }

    @Test
    void writesNoRowTwiceAfterTheKeyIndexWasDropped() throws Exception {
        database.execute("CREATE TABLE orders (id bigint CONSTRAINT pk PRIMARY KEY, name text)");
        try (PostgresDestinationClient client =
                open(destination.testPipeline(), TestPipeline.KEYED)) {
            // the table was empty, so rows are copied until one of them exists in an older version
            client.write(numbered(row(TestPipeline.KEYED, "1", "a")));
            database.execute("ALTER TABLE orders DROP CONSTRAINT pk");
            assertThatThrownBy(() -> client.write(numbered(row(TestPipeline.KEYED, "1", "a2"))))
                    .hasMessageContaining("has no unique index on exactly the key's columns id");
            database.execute("ALTER TABLE orders ADD PRIMARY KEY (id)");
            number--;
            client.write(numbered(row(TestPipeline.KEYED, "1", "a2")));
        }
        assertThat(destination.rows()).containsExactly("1\ta2");
    }
}
