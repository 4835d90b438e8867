package com.evolvishub.cdc.connectors.postgres.schema;

import static com.evolvishub.cdc.sink.contract.TestPipeline.column;
import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys that differ at the source and would be equal at the destination. */
@Timeout(300)
class KeyCompatibilityITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String ANY_CASE =
            "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2',"
                    + " deterministic = false)";

    private Database database;
    private int tables;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
        database.execute(
                "CREATE EXTENSION citext",
                ANY_CASE,
                "CREATE DOMAIN any_case_domain AS text COLLATE any_case",
                "CREATE DOMAIN citext_domain AS citext");
    }

    private static RowSchema keyedBy(String type) {
        return new RowSchema(
                List.of(column("code", 25, type), column("name", 25, "text")), List.of(0));
    }

    /** Each case has a table of its own; {@code %s} is its name. */
    private PostgresTestTable table(String... statements) {
        String name = "orders_" + ++tables;
        for (String statement : statements) {
            database.execute(statement.formatted(name));
        }
        return new PostgresTestTable(database, "public", name);
    }

    private static List<String> problems(PostgresTestTable destination, String type)
            throws Exception {
        try (PostgresDestinationClient client =
                destination.client(destination.testPipeline().byDiff())) {
            return client.check(keyedBy(type));
        }
    }

    /** Returns the statement that a message recommends. */
    private static String cure(String problem) {
        return problem.substring(problem.lastIndexOf("; ") + 2);
    }

    @Test
    void areRejectedBeforeARowIsWritten() throws Exception {
        List<List<String>> pairs =
                List.of(
                        List.of("text", "citext"),
                        List.of("character varying(5)", "citext"),
                        List.of("integer", "citext"),
                        List.of("text", "citext_domain"),
                        List.of("text[]", "citext[]"),
                        List.of("text", "text COLLATE any_case"),
                        List.of("text", "any_case_domain"),
                        List.of("character varying(5)", "varchar(9) COLLATE any_case"),
                        List.of("character varying(5)", "bpchar"),
                        List.of("character varying(5)", "character(5)"),
                        List.of("text", "character(40)"),
                        List.of("json", "jsonb"),
                        List.of("timestamp without time zone", "timestamp(0)"),
                        List.of("timestamp(6) with time zone", "timestamp(3) with time zone"),
                        List.of("timestamp with time zone", "timestamp"),
                        List.of("time with time zone", "time"),
                        List.of("double precision", "real"),
                        List.of("numeric(10,3)", "numeric(10,2)"),
                        List.of("numeric", "double precision"),
                        List.of("bigint", "double precision"),
                        List.of("interval", "interval(0)"),
                        List.of("inet", "cidr"));
        SoftAssertions softly = new SoftAssertions();
        for (List<String> pair : pairs) {
            PostgresTestTable destination =
                    table("CREATE TABLE %s (code " + pair.get(1) + " PRIMARY KEY, name text)");
            softly.assertThat(problems(destination, pair.get(0)))
                    .as(pair.toString())
                    .singleElement()
                    .asString()
                    .startsWith("column \"code\": ")
                    .contains(" ALTER COLUMN \"code\" TYPE ");
        }
        softly.assertAll();
    }

    @Test
    void areAcceptedIfTheyStayDistinct() throws Exception {
        List<List<String>> pairs =
                List.of(
                        List.of("public.citext", "citext"),
                        List.of("text", "text COLLATE \"C\""),
                        List.of("character(5)", "character(5)"),
                        List.of("character(5)", "character varying(5)"),
                        List.of("character(5)", "bpchar"),
                        List.of("real", "double precision"),
                        List.of("timestamp without time zone", "timestamp(6)"),
                        List.of("timestamp(6) with time zone", "timestamp with time zone"),
                        List.of("numeric(10,2)", "numeric(12,3)"),
                        List.of("uuid", "character varying(36)"),
                        List.of("cidr", "inet"),
                        List.of("cidr", "cidr"),
                        List.of("integer[]", "integer[]"),
                        List.of("int4range", "int4range"),
                        List.of("integer", "text"));
        SoftAssertions softly = new SoftAssertions();
        for (List<String> pair : pairs) {
            PostgresTestTable destination =
                    table("CREATE TABLE %s (code " + pair.get(1) + " PRIMARY KEY, name citext)");
            softly.assertThat(problems(destination, pair.get(0))).as(pair.toString()).isEmpty();
        }
        softly.assertAll();
    }

    @Test
    void becomeDistinctByTheRecommendedStatement() throws Exception {
        for (String type : List.of("citext", "text COLLATE any_case", "bpchar")) {
            PostgresTestTable destination =
                    table("CREATE TABLE %s (code " + type + " PRIMARY KEY, name text)");
            database.execute(cure(problems(destination, "text").get(0)));
            assertThat(problems(destination, "text")).as(type).isEmpty();
            RowSchema schema = keyedBy("text");
            try (PostgresDestinationClient client =
                    destination.client(destination.testPipeline().byDiff())) {
                long last = client.open(PostgresTestTable.writer("run")).lastSequence();
                client.prepare(schema);
                client.write(
                        List.of(
                                row(Operation.INSERT, schema, "ABC", "1").withSequence(last + 1),
                                row(Operation.INSERT, schema, "abc", "2").withSequence(last + 2)));
                client.write(List.of(row(Operation.DELETE, schema, "ABC").withSequence(last + 3)));
            }
            assertThat(destination.rows()).as(type).containsExactly("abc\t2");
        }
    }

    @Test
    void areRejectedIfTheIndexIsCoarserThanItsColumn() throws Exception {
        for (String column :
                List.of(
                        "code bpchar_ops",
                        "code bpchar_pattern_ops",
                        "code COLLATE any_case",
                        "code COLLATE any_case text_ops DESC")) {
            PostgresTestTable destination =
                    table(
                            "CREATE TABLE %s (code varchar PRIMARY KEY, name text)",
                            "CREATE UNIQUE INDEX coarse ON %s (" + column + ")");
            assertThat(problems(destination, "text"))
                    .as(column)
                    .containsExactly(
                            "index \"public\".\"coarse\": compares the key's columns in a coarser"
                                    + " way than the source, so keys that differ there may be equal"
                                    + " here; DROP INDEX \"public\".\"coarse\"");
            database.execute("DROP INDEX \"public\".\"coarse\"");
            assertThat(problems(destination, "text")).isEmpty();
        }
    }

    @Test
    void requireAnIndexOnExactlyTheirColumns() throws Exception {
        for (String index :
                List.of(
                        "UNIQUE INDEX ON %s (lower(code))",
                        "UNIQUE INDEX ON %s (code) WHERE name = 'x'",
                        "INDEX ON %s (code)",
                        "UNIQUE INDEX ON %s (code, name)",
                        "UNIQUE INDEX ON %s (name) INCLUDE (code)")) {
            PostgresTestTable destination =
                    table("CREATE TABLE %s (code text, name text)", "CREATE " + index);
            assertThat(problems(destination, "text"))
                    .as(index)
                    .singleElement()
                    .asString()
                    .contains("has no unique index on exactly the key's columns code; CREATE");
            database.execute(cure(problems(destination, "text").get(0)));
            assertThat(problems(destination, "text")).as(index).isEmpty();
        }
    }

    @Test
    void areMergedByADifferentButExactIndex() throws Exception {
        for (String index :
                List.of(
                        "ON %s (code text_pattern_ops)",
                        "ON %s (code varchar_ops)",
                        "ON %s (code COLLATE \"C\" DESC)",
                        "ON %s (code) INCLUDE (name)",
                        "ON %s (code) NULLS NOT DISTINCT")) {
            PostgresTestTable destination =
                    table("CREATE TABLE %s (code text, name text)", "CREATE UNIQUE INDEX " + index);
            assertThat(problems(destination, "text")).as(index).isEmpty();
            RowSchema schema = keyedBy("text");
            try (PostgresDestinationClient client =
                    destination.client(destination.testPipeline().byDiff())) {
                long last = client.open(PostgresTestTable.writer("run")).lastSequence();
                client.prepare(schema);
                client.write(
                        List.of(row(Operation.INSERT, schema, "a", "1").withSequence(last + 1)));
                client.write(
                        List.of(row(Operation.UPDATE, schema, "a", "2").withSequence(last + 2)));
            }
            assertThat(destination.rows()).as(index).containsExactly("a\t2");
        }
    }

    @Test
    void areRejectedWithADeferrableConstraintAndARemedy() throws Exception {
        for (String kind : List.of("PRIMARY KEY", "UNIQUE")) {
            for (boolean another : new boolean[] {false, true}) {
                PostgresTestTable destination =
                        table(
                                "CREATE TABLE %s (code text, name text, CONSTRAINT \"My Key\" "
                                        + kind
                                        + " (code) DEFERRABLE)");
                if (another) {
                    // the server would use both for the merge, and fail
                    database.execute("CREATE UNIQUE INDEX ON orders_%d (code)".formatted(tables));
                }
                assertThat(problems(destination, "text"))
                        .singleElement()
                        .asString()
                        .startsWith("constraint \"My Key\": DEFERRABLE, and the server does not");
                try (PostgresDestinationClient client =
                        destination.client(destination.testPipeline().byDiff())) {
                    client.open(PostgresTestTable.writer("run"));
                    assertThatThrownBy(() -> client.prepare(keyedBy("text")))
                            .isInstanceOf(DestinationException.class)
                            .hasMessageContaining("DEFERRABLE");
                }
                database.execute(cure(problems(destination, "text").get(0)));
                assertThat(problems(destination, "text")).isEmpty();
                database.execute("DROP TABLE orders_" + tables);
            }
        }
    }
}
