package com.evolvishub.cdc.connectors.postgres.schema;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** User-defined types of the source, in a database that may lack them. */
@Timeout(300)
class UserTypesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final TypeDefinition MOOD =
            new TypeDefinition("app.mood", "CREATE TYPE app.mood AS ENUM ('so so', 'it''s')");
    private static final TypeDefinition PAIR =
            new TypeDefinition("app.pair", "CREATE TYPE app.pair AS (a integer, b app.mood)");
    private static final TypeDefinition GRADE =
            new TypeDefinition("app.grade", "CREATE DOMAIN app.grade AS integer CHECK (VALUE > 0)");
    private static final TypeDefinition CITEXT =
            new TypeDefinition(
                    "public.citext", "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public");

    private Database database;
    private PostgresTestTable destination;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        destination = PostgresTestTable.in(fresh);
    }

    private static RowSchema schema(Column... more) {
        Column id = column("id", 20, "bigint");
        return new RowSchema(Stream.concat(Stream.of(id), Stream.of(more)).toList(), List.of(0));
    }

    private static Column typed(
            String name, String type, char kind, String base, TypeDefinition... definitions) {
        return new Column(
                name, name, new SqlType(99_999, type, kind, 'U', base, List.of(definitions)), true);
    }

    @Test
    void createsTheTypesThatTheTableNeeds() throws Exception {
        database.execute("CREATE SCHEMA app");
        RowSchema schema =
                schema(
                        typed("moods", "app.mood[]", 'b', "app.mood[]", MOOD),
                        typed("pair", "app.pair", 'c', "app.pair", MOOD, PAIR),
                        typed("grade", "app.grade", 'd', "integer", GRADE));
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(schema)).isEmpty();
            assertThat(database.queryOne("SELECT to_regtype('app.mood')")).isNull();
            client.open(PostgresTestTable.writer("r"));
            client.prepare(schema);
            client.write(
                    List.of(
                            row(schema, "1", "{\"so so\",it's}", "(1,\"so so\")", "3")
                                    .withSequence(1)));
            assertThatThrownBy(
                            () ->
                                    client.write(
                                            List.of(
                                                    row(schema, "2", "{sad}", "\\N", "3")
                                                            .withSequence(2))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageStartingWith("column \"moods\": ");
            assertThatThrownBy(
                            () ->
                                    client.write(
                                            List.of(
                                                    row(schema, "2", "{}", "\\N", "0")
                                                            .withSequence(2))))
                    .isInstanceOf(RowRejectedException.class);
        }
        assertThat(destination.rows()).containsExactly("1\t{\"so so\",it's}\t(1,\"so so\")\t3");
    }

    @Test
    void createsTheTypeOfAnAddedColumn() throws Exception {
        database.execute("CREATE SCHEMA app", "CREATE TABLE orders (id bigint PRIMARY KEY)");
        RowSchema schema = schema(typed("pair", "app.pair", 'c', "app.pair", MOOD, PAIR));
        try (PostgresDestinationClient client = destination.client()) {
            client.open(PostgresTestTable.writer("r"));
            client.prepare(schema);
            client.write(List.of(row(schema, "1", "(1,it's)").withSequence(1)));
        }
        assertThat(destination.rows()).containsExactly("1\t(1,it's)");
    }

    @Test
    void explainsHowToAddAColumnOfADomainThatRejectsNull() throws Exception {
        database.execute(
                "CREATE DOMAIN whole AS integer NOT NULL",
                "CREATE TABLE orders (id bigint PRIMARY KEY)",
                "INSERT INTO orders VALUES (1)");
        RowSchema schema = schema(typed("n", "public.whole", 'd', "integer"));
        String run = "ALTER TABLE \"public\".\"orders\" ADD COLUMN IF NOT EXISTS \"n\" integer";
        try (PostgresDestinationClient client = destination.client()) {
            client.open(PostgresTestTable.writer("r"));
            assertThatThrownBy(() -> client.prepare(schema))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("domain whole does not allow null values")
                    .hasMessageEndingWith(run);
            database.execute(run);
            client.prepare(schema);
            client.write(List.of(row(schema, "2", "5").withSequence(1)));
        }
        assertThat(destination.rows()).containsExactlyInAnyOrder("1\t\\N", "2\t5");
    }

    @Test
    void recommendsStatementsIfItMayNotCreateTypes() throws Exception {
        RowSchema schema = schema(typed("mood", "app.mood", 'e', "app.mood", MOOD));
        String problem =
                "schema \"app\" does not exist (SQLSTATE 3F000); mend that, or have this run:"
                        + " CREATE TYPE app.mood AS ENUM ('so so', 'it''s'); CREATE TABLE IF NOT EXISTS"
                        + " \"orders\" (\"id\" bigint, \"mood\" app.mood, PRIMARY KEY (\"id\"))";
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(schema)).containsExactly(problem);
            client.open(PostgresTestTable.writer("r"));
            assertThatThrownBy(() -> client.prepare(schema))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
        assertThat(database.queryOne("SELECT to_regclass('orders')")).isNull();
    }

    @Test
    void doesNotCreateAnExtension() throws Exception {
        RowSchema schema = schema(typed("mail", "public.citext", 'b', "public.citext", CITEXT));
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(schema))
                    .containsExactly(
                            "column \"mail\": the destination has no type public.citext; CREATE"
                                    + " EXTENSION IF NOT EXISTS citext WITH SCHEMA public, or make the"
                                    + " table yourself with text in its place, which takes every"
                                    + " value");
            database.execute("CREATE EXTENSION citext");
            assertThat(client.check(schema)).isEmpty();
        }
    }

    @Test
    void writesDomainValuesToTheBaseType() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, grade bigint, mood text)");
        RowSchema schema =
                schema(
                        typed("grade", "app.grade", 'd', "integer", GRADE),
                        typed("mood", "app.mood", 'e', "app.mood", MOOD));
        try (PostgresDestinationClient client = destination.client()) {
            assertThat(client.check(schema)).isEmpty();
        }
    }

    @Test
    void storesNamesOfSourceObjectsAsText() throws Exception {
        RowSchema schema =
                schema(
                        column("relation", 2205, "regclass"),
                        column("tree", 194, "pg_node_tree"),
                        new Column(
                                "record", "record", new SqlType(2249, "record", 'p', 'P'), true));
        try (PostgresDestinationClient client = destination.client()) {
            client.open(PostgresTestTable.writer("r"));
            client.prepare(schema);
            client.write(List.of(row(schema, "1", "not_here", "{A}", "(1,2)").withSequence(1)));
        }
        assertThat(destination.rows()).containsExactly("1\tnot_here\t{A}\t(1,2)");
    }

    @Test
    void rejectsARowThatNamesAMissingObject() throws Exception {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, relation regclass)");
        RowSchema schema = schema(column("relation", 2205, "regclass"));
        try (PostgresDestinationClient client = destination.client()) {
            client.open(PostgresTestTable.writer("r"));
            client.prepare(schema);
            assertThatThrownBy(
                            () -> client.write(List.of(row(schema, "1", "gone").withSequence(1))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageStartingWith("column \"relation\": ");
            client.write(List.of(row(schema, "1", "pg_class").withSequence(1)));
        }
        assertThat(destination.rows()).containsExactly("1\tpg_class");
    }
}
