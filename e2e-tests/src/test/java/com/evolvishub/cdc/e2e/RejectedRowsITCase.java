package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Values that the destination rejects affect only their own rows. */
class RejectedRowsITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String WATERMARK = "watermark:\n  column: at\n  type: timestamp\n";

    @TempDir private Path directory;
    private Database source;
    private Database destination;

    @BeforeEach
    void createRowsThatAreRejected(@FreshDatabase Database one, @FreshDatabase Database other) {
        source = one;
        destination = other;
        source.execute(
                "CREATE TYPE mood AS ENUM ('fine', 'so so', 'new here')",
                "CREATE TABLE orders (id int PRIMARY KEY, mood mood, note varchar(9), parent int,"
                        + " at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO orders SELECT i, 'fine', 'note', 1 FROM generate_series(1, 1000) i",
                "UPDATE orders SET mood = 'new here' WHERE id = 100",
                "UPDATE orders SET note = NULL WHERE id = 333",
                "UPDATE orders SET note = 'bad' WHERE id = 334",
                "UPDATE orders SET parent = 2 WHERE id = 1000");
        destination.execute(
                "CREATE TYPE mood AS ENUM ('fine', 'so so')",
                "CREATE TABLE parents (id int PRIMARY KEY)",
                "INSERT INTO parents VALUES (1)",
                "CREATE TABLE orders (id int PRIMARY KEY, mood mood, note varchar(9) NOT NULL"
                        + " CHECK (note <> 'bad'), parent int REFERENCES parents, at timestamptz)");
    }

    private EndToEndSetup setup() {
        return new EndToEndSetup(directory, source, destination)
                .with("global_sync:\n  mode: one_time");
    }

    @Test
    void onlyRejectedRowsGoToTheDeadLetters() {
        CliProcess.Ended ended =
                setup().mapping(
                                "orders",
                                "orders",
                                "orders",
                                WATERMARK,
                                "on_bad_row: dead_letter",
                                // no later row adds the parent
                                "refusal_wait: 1")
                        .runInThisJvm();

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(
                        destination.queryAll(
                                "SELECT payload ->> 'id', split_part(split_part(error, '): ', 2),"
                                        + " ': ', 1) FROM evolvishub_cdc.dead_letter ORDER BY id"))
                .containsExactly(
                        List.of("100", "column \"mood\""),
                        List.of("333", "column \"note\""),
                        List.of(
                                "334",
                                "new row for relation \"orders\" violates check constraint"
                                        + " \"orders_note_check\" (SQLSTATE 23514)"),
                        List.of(
                                "1000",
                                "insert or update on table \"orders\" violates foreign key"
                                        + " constraint \"orders_parent_fkey\" (SQLSTATE 23503);"
                                        + " if the rows that it needs come later, ALTER TABLE"
                                        + " \"public\".\"orders\" ALTER CONSTRAINT"
                                        + " \"orders_parent_fkey\" DEFERRABLE"));
        assertThat(destination.queryOne("SELECT count(*) FROM orders")).isEqualTo("996");
    }

    @Test
    void aRejectedRowStopsTheMappingByDefault() {
        CliProcess.Ended ended =
                setup().with("stop_on_error: true")
                        .mapping("orders", "orders", "orders", WATERMARK)
                        .runInThisJvm();

        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.output())
                .contains("(id = 100): column \"mood\": invalid input value for enum mood");
        assertThat(destination.queryOne("SELECT count(*) FROM orders")).isEqualTo("99");
    }
}
