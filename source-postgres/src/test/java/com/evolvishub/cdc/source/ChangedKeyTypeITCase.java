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

/** Under another type of the key, an old text that is missing does not mean that a row is gone. */
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
    void nothingIsDeletedByItsOldText(String before, String now, @FreshDatabase Database source)
            throws Exception {
        try (SourceTestHarness lane = lane(source, before)) {
            lane.finishPolls(1);
            assertThat(lane.rows()).hasSize(2);
            source.execute("ALTER TABLE t ALTER k TYPE " + now);
            lane.takeCheckpoint();
            lane.finishPolls(1);

            assertThat(lane.sent())
                    .extracting(row -> row.operation())
                    .containsExactly(
                            Operation.INSERT, Operation.INSERT, Operation.UPSERT, Operation.UPSERT);
            source.execute("DELETE FROM t WHERE v = 1");
            lane.finishPolls(1);
            assertThat(lane.sent()).hasSize(5);
            assertThat(lane.sent().get(4).operation()).isEqualTo(Operation.DELETE);
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
    void whereTheTextStaysNothingIsSentAgain(
            String before, String now, @FreshDatabase Database source) throws Exception {
        try (SourceTestHarness lane = lane(source, before)) {
            lane.finishPolls(1);
            source.execute("ALTER TABLE t ALTER k TYPE " + now, "DELETE FROM t WHERE v = 1");
            lane.finishPolls(1);

            assertThat(lane.sent()).hasSize(3);
            assertThat(lane.sent().get(2).operation()).isEqualTo(Operation.DELETE);
        }
    }

    @Test
    void aCrashInTheMiddleOfTheNewBaselineSendsNoRowAsNew(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k numeric(10,1) PRIMARY KEY, v int)",
                "INSERT INTO t SELECT n, n FROM generate_series(1, 20) n");
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t").pageRows(4).polling().build())) {
            lane.finishPolls(1);
            source.execute("ALTER TABLE t ALTER k TYPE numeric(10,2)");
            while (lane.sent().size() < 30) {
                lane.step();
            }
            lane.takeCheckpoint();
            lane.crash();
            lane.finishPolls(1);

            assertThat(lane.sent()).hasSize(40);
            assertThat(lane.sent().subList(20, 40))
                    .allMatch(row -> row.operation() == Operation.UPSERT);
        }
    }

    private static SourceTestHarness lane(Database source, String type) throws Exception {
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
