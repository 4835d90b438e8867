package com.evolvishub.cdc.source.poll;

import static com.evolvishub.cdc.planner.spec.WatermarkType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.source.CapturedLogLines;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows whose content hash changes because the columns change. */
class ColumnChangeReporterITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"ADD more int DEFAULT 7", "DROP less"})
    void reportsRowsWithoutAKeyThatAreSentTwice(String change, @FreshDatabase Database source)
            throws Exception {
        try (CapturedLogLines log = CapturedLogLines.of(ColumnChangeReporter.class);
                SourceTestHarness harness =
                        new SourceTestHarness(table(source).watermark("at", TIMESTAMP).build())) {
            harness.finishPolls(1);
            harness.gate().status().dedupeStateRows.set(harness.dedupeStateRows());
            source.execute("ALTER TABLE t " + change);
            harness.finishPolls(2);

            assertThat(harness.sent()).hasSize(4);
            assertThat(log.lines())
                    .hasSize(1)
                    .allSatisfy(
                            line ->
                                    assertThat(line)
                                            .contains(
                                                    "the columns of table \"public\".\"t\" have changed",
                                                    "2 rows that were sent",
                                                    "arrive a second time, as new rows"));
        }
    }

    @Test
    void logsNothingWhenTheColumnsStayTheSame(@FreshDatabase Database source) throws Exception {
        try (CapturedLogLines log = CapturedLogLines.of(ColumnChangeReporter.class);
                SourceTestHarness harness =
                        new SourceTestHarness(
                                table(source).capture(new Capture.ByDiff(0.5)).build())) {
            harness.finishPolls(1);
            harness.gate().status().dedupeStateRows.set(harness.dedupeStateRows());
            source.execute("ALTER TABLE t ALTER less SET DEFAULT 3", "COMMENT ON TABLE t IS 'x'");
            harness.finishPolls(2);

            assertThat(log.lines()).isEmpty();
        }
    }

    private static PipelineBuilder table(Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (v int, less int DEFAULT 1, at timestamptz DEFAULT now())",
                "INSERT INTO t VALUES (1), (2)");
        return PipelineBuilder.table(source, "t").polling();
    }
}
