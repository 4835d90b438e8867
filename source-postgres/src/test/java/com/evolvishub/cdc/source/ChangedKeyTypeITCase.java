package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A missing old text of a key does not mean a deleted row after the key's type changes. */
class ChangedKeyTypeITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric(10,1)|numeric(10,2)",
                "numeric(10,2)|numeric(10,1)",
                "timestamp|timestamptz",
                "timestamptz|timestamp",
                "text|citext",
                "citext|text",
                "char(5)|text",
                "numeric(10,1)|int",
                "date|timestamp"
            })
    void deletesNoRowByItsOldText(String before, String after, @FreshDatabase Database source)
            throws Exception {
        try (SourceTestHarness harness = harness(source, before)) {
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(2);
            source.execute("ALTER TABLE t ALTER k TYPE " + after);
            harness.takeCheckpoint();
            harness.finishPolls(1);

            assertThat(harness.sent())
                    .extracting(row -> row.operation())
                    .containsExactly(
                            Operation.INSERT, Operation.INSERT, Operation.UPSERT, Operation.UPSERT);
            source.execute("DELETE FROM t WHERE v = 1");
            harness.finishPolls(1);
            assertThat(harness.sent()).hasSize(5);
            assertThat(harness.sent().get(4).operation()).isEqualTo(Operation.DELETE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int|bigint",
                "bigint|int",
                "smallint|int",
                "varchar(9)|text",
                "text|varchar(9)",
                "numeric(10,2)|numeric(12,2)"
            })
    void sendsNothingAgainIfTheTextStaysTheSame(
            String before, String after, @FreshDatabase Database source) throws Exception {
        try (SourceTestHarness harness = harness(source, before)) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t ALTER k TYPE " + after, "DELETE FROM t WHERE v = 1");
            harness.finishPolls(1);

            assertThat(harness.sent()).hasSize(3);
            assertThat(harness.sent().get(2).operation()).isEqualTo(Operation.DELETE);
        }
    }

    @Test
    void aCrashDuringTheNewBaselineSendsNoRowAsNew(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k numeric(10,1) PRIMARY KEY, v int)",
                "INSERT INTO t SELECT n, n FROM generate_series(1, 20) n");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t").pageRows(4).polling().build())) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t ALTER k TYPE numeric(10,2)");
            while (harness.sent().size() < 30) {
                harness.step();
            }
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(1);

            assertThat(harness.sent()).hasSize(40);
            assertThat(harness.sent().subList(20, 40))
                    .allMatch(row -> row.operation() == Operation.UPSERT);
        }
    }

    private static SourceTestHarness harness(Database source, String type) throws Exception {
        boolean time = type.startsWith("time") || type.equals("date");
        source.execute(
                "CREATE EXTENSION IF NOT EXISTS citext",
                "CREATE TABLE t (k %s PRIMARY KEY, v int)".formatted(type),
                time
                        ? "INSERT INTO t VALUES ('2026-01-01', 1), ('2026-01-02', 2)"
                        : "INSERT INTO t VALUES ('1', 1), ('2', 2)");
        return new SourceTestHarness(
                PipelineBuilder.table(source, "t")
                        .capture(new Capture.ByDiff(1))
                        .polling()
                        .build());
    }
}
