package com.evolvishub.cdc.connectors.postgres.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares our two quoting functions with the server's own. */
@Timeout(300)
class QuotingITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int TEXTS = 10_000;
    private static final int NAMES = 1_500;
    private static final int LONGEST_NAME = 63;
    private static final long SEED = Long.getLong("quoting.seed", System.nanoTime());

    private static final String[] PIECES = {
        "'",
        "''",
        "\"",
        "\"\"",
        "\\",
        "\\\\",
        "\\'",
        "E'",
        "e",
        "U&'",
        "$$",
        "$a$",
        "$1",
        "?",
        "??",
        "{",
        "}",
        "{fn x}",
        "--",
        "/*",
        "*/",
        ";",
        "\n",
        "\r",
        "\t",
        "\b",
        "\u0001",
        "\u007f",
        " ",
        "%",
        "%s",
        ":x",
        "::",
        "a",
        "Z",
        "0",
        "_",
        "é",
        "ß",
        "€",
        "🐘",
        "\u200b",
        "\ufeff",
        "\uffff",
        "\udbff\udfff",
        "x27",
        "\\x27",
        "\\047",
        "\\u0027",
        "NULL",
        "N",
        "DROP TABLE t"
    };

    private static List<String> texts;

    @BeforeAll
    static void createTexts() {
        Random random = new Random(SEED);
        texts =
                IntStream.range(0, TEXTS)
                        .mapToObj(
                                i ->
                                        random.ints(random.nextInt(8), 0, PIECES.length)
                                                .mapToObj(piece -> PIECES[piece])
                                                .collect(Collectors.joining()))
                        .toList();
    }

    private static Connection connect(Database database, String conforming) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET standard_conforming_strings = " + conforming);
        }
        return connection;
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aLiteralEqualsTheServersAndReadsAsItsText(
            String conforming, @FreshDatabase Database database) throws SQLException {
        String literals = texts.stream().map(SqlLiteral::quote).collect(Collectors.joining(","));
        try (Connection connection = connect(database, conforming);
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            List<String> read = new ArrayList<>();
            List<String> quoted = new ArrayList<>();
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT t, quote_literal(t) FROM unnest(ARRAY["
                                    + literals
                                    + "]::text[]) WITH ORDINALITY u (t, n) ORDER BY n")) {
                while (row.next()) {
                    read.add(row.getString(1));
                    quoted.add(row.getString(2));
                }
            }
            assertThat(read).as("seed %d", SEED).isEqualTo(texts);
            assertThat(quoted)
                    .as("seed %d", SEED)
                    .isEqualTo(texts.stream().map(SqlLiteral::quote).toList());
        }
    }

    /** As many texts as a SELECT list accepts, none empty, none too long. */
    private static List<String> names() {
        return texts.stream()
                .filter(text -> !text.isEmpty())
                .filter(text -> text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME)
                .limit(NAMES)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void anIdentifierReadsAsItsName(String conforming, @FreshDatabase Database database)
            throws SQLException {
        List<String> names = names();
        try (Connection connection = connect(database, conforming);
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row =
                    statement.executeQuery(
                            names.stream()
                                    .map(name -> "1 AS " + SqlIdentifier.quote(name))
                                    .collect(Collectors.joining(", ", "SELECT ", "")))) {
                ResultSetMetaData found = row.getMetaData();
                List<String> read = new ArrayList<>();
                for (int i = 1; i <= found.getColumnCount(); i++) {
                    read.add(found.getColumnLabel(i));
                }
                assertThat(read).as("seed %d", SEED).isEqualTo(names);
            }
        }
    }

    @Test
    void anIdentifierEqualsTheServersIfItIsQuoted(@FreshDatabase Database database)
            throws SQLException {
        List<String> names = names();
        try (Connection connection = database.connect();
                PreparedStatement statement =
                        connection.prepareStatement(
                                "SELECT t, quote_ident(t) FROM unnest(?::text[]) u (t)")) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    String bare = row.getString(2);
                    assertThat(SqlIdentifier.quote(name))
                            .as("seed %d", SEED)
                            .isEqualTo(bare.equals(name) ? '"' + name + '"' : bare);
                }
            }
        }
    }
}
