package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that increase in byte order, in a column with another collation. */
class CollationITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text COLLATE \"en-x-icu\"",
                "varchar(20) COLLATE \"en-x-icu\"",
                "text COLLATE same",
                "token",
            })
    void findsATextThatIncreasesInByteOrder(String type, @FreshDatabase Database source)
            throws Exception {
        create(source, type);
        source.execute("INSERT INTO t VALUES (1, '2Zq0Y'), (2, '2Zq0Z')");
        try (SourceTestHarness harness = new SourceTestHarness(inByteOrder(source, "t"))) {
            harness.finishPolls(2);
            source.execute("INSERT INTO t VALUES (3, '2Zq0a'), (4, '2Zq0z')");
            harness.finishPolls(2);
            harness.takeCheckpoint();
            harness.crash();
            source.execute("INSERT INTO t VALUES (5, '2Zq1A')");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @Test
    void theColumnsCollationMissesIt(@FreshDatabase Database source) throws Exception {
        create(source, "text COLLATE \"en-x-icu\"");
        source.execute("INSERT INTO t VALUES (1, '2Zq0Z')");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", WatermarkType.STRING)
                                .key("id")
                                .polling()
                                .build())) {
            harness.finishPolls(2);
            source.execute("INSERT INTO t VALUES (2, '2Zq0a'), (3, '2Zr')");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "3");
        }
    }

    @Test
    void aReadInByteOrderResumesAtEachOfItsRows(@FreshDatabase Database source) throws Exception {
        create(source, "text COLLATE same");
        source.execute(
                "INSERT INTO t VALUES (1, 'A'), (2, 'B'), (3, 'B'), (4, 'a'), (5, 'a'), (6, 'b')");
        for (int crashAfter = 1; crashAfter <= 5; crashAfter++) {
            try (SourceTestHarness harness = new SourceTestHarness(inByteOrder(source, "t"))) {
                while (harness.sent().size() < crashAfter) {
                    harness.step();
                }
                harness.takeCheckpoint();
                harness.step();
                harness.crash();
                harness.finishPolls(3);
                assertThat(harness.cells(0))
                        .as("crash after %d", crashAfter)
                        .containsExactly("1", "2", "3", "4", "5", "6");
            }
        }
    }

    @Test
    void findsRowsOfAnOpenTransactionInByteOrder(@FreshDatabase Database source) throws Exception {
        create(source, "text COLLATE \"en-x-icu\"");
        source.execute("INSERT INTO t VALUES (1, 'Z')");
        try (SourceTestHarness harness = new SourceTestHarness(inByteOrder(source, "t"))) {
            harness.finishPolls(2);
            try (var writer = source.connect();
                    var statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (2, 'a')");
                harness.finishPolls(1);
                source.execute("INSERT INTO t VALUES (3, 'b')");
                harness.finishPolls(2);
                writer.commit();
            }
            harness.finishPolls(3);

            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uuid", "int", "bytea"})
    void rejectsATypeWithoutACollation(String type, @FreshDatabase Database source)
            throws Exception {
        create(source, type);
        try (SourceTestHarness harness = new SourceTestHarness(inByteOrder(source, "t"))) {
            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContainingAll(
                            "at is of type", "not compared byte by byte", "leave collation out");
        }
    }

    private static void create(Database source, String type) {
        source.execute(
                "CREATE COLLATION same (provider = icu, locale = 'und-u-ks-level2',"
                        + " deterministic = false)",
                "CREATE DOMAIN token AS text COLLATE \"en-x-icu\" CHECK (value <> '')",
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")");
    }

    private static Pipeline inByteOrder(Database source, String table) {
        return PipelineBuilder.table(source, table)
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.STRING,
                                "",
                                "",
                                Duration.ofSeconds(10),
                                1000,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE,
                                Duration.ZERO,
                                WatermarkCollation.C))
                .key("id")
                .pageRows(1)
                .polling()
                .build();
    }
}
