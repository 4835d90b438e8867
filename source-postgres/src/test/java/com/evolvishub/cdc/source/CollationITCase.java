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

/** Texts that grow in byte order, in a column that has another one. */
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
    void aTextThatGrowsInByteOrderArrives(String type, @FreshDatabase Database source)
            throws Exception {
        create(source, type);
        source.execute("INSERT INTO t VALUES (1, '2Zq0Y'), (2, '2Zq0Z')");
        try (SourceTestHarness lane = new SourceTestHarness(bytes(source, "t"))) {
            lane.finishPolls(2);
            source.execute("INSERT INTO t VALUES (3, '2Zq0a'), (4, '2Zq0z')");
            lane.finishPolls(2);
            lane.takeCheckpoint();
            lane.crash();
            source.execute("INSERT INTO t VALUES (5, '2Zq1A')");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @Test
    void theColumnsOwnOrderMissesIt(@FreshDatabase Database source) throws Exception {
        create(source, "text COLLATE \"en-x-icu\"");
        source.execute("INSERT INTO t VALUES (1, '2Zq0Z')");
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", WatermarkType.STRING)
                                .key("id")
                                .polling()
                                .build())) {
            lane.finishPolls(2);
            source.execute("INSERT INTO t VALUES (2, '2Zq0a'), (3, '2Zr')");
            lane.finishPolls(2);

            assertThat(lane.cells(0)).containsExactly("1", "3");
        }
    }

    @Test
    void aReadInByteOrderIsResumedAtEachOfItsRows(@FreshDatabase Database source) throws Exception {
        create(source, "text COLLATE same");
        source.execute(
                "INSERT INTO t VALUES (1, 'A'), (2, 'B'), (3, 'B'), (4, 'a'), (5, 'a'), (6, 'b')");
        for (int crashAfter = 1; crashAfter <= 5; crashAfter++) {
            try (SourceTestHarness lane = new SourceTestHarness(bytes(source, "t"))) {
                while (lane.sent().size() < crashAfter) {
                    lane.step();
                }
                lane.takeCheckpoint();
                lane.step();
                lane.crash();
                lane.finishPolls(3);
                assertThat(lane.cells(0))
                        .as("crash after %d", crashAfter)
                        .containsExactly("1", "2", "3", "4", "5", "6");
            }
        }
    }

    @Test
    void aTransactionThatWasOpenIsWaitedForInByteOrder(@FreshDatabase Database source)
            throws Exception {
        create(source, "text COLLATE \"en-x-icu\"");
        source.execute("INSERT INTO t VALUES (1, 'Z')");
        try (SourceTestHarness lane = new SourceTestHarness(bytes(source, "t"))) {
            lane.finishPolls(2);
            try (var writer = source.connect();
                    var statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (2, 'a')");
                lane.finishPolls(1);
                source.execute("INSERT INTO t VALUES (3, 'b')");
                lane.finishPolls(2);
                writer.commit();
            }
            lane.finishPolls(3);

            assertThat(lane.cells(0)).containsExactly("1", "3", "2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uuid", "int", "bytea"})
    void aTypeWithoutSuchAnOrderIsRefused(String type, @FreshDatabase Database source)
            throws Exception {
        create(source, type);
        try (SourceTestHarness lane = new SourceTestHarness(bytes(source, "t"))) {
            assertThatThrownBy(() -> lane.finishPolls(1))
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

    private static Pipeline bytes(Database source, String table) {
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
