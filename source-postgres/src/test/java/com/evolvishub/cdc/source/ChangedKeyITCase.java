package com.evolvishub.cdc.source;

import static com.evolvishub.cdc.planner.spec.WatermarkType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that no longer identify rows. */
class ChangedKeyITCase {

    private static final String OTHER_KEY =
            "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (tenant, id)";

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private enum Mode {
        WATERMARK,
        DIFF
    }

    @ParameterizedTest
    @EnumSource
    void aChangedPrimaryKeyStopsTheMapping(Mode mode, @FreshDatabase Database source)
            throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(table(source, mode).build())) {
            harness.finishPolls(1);
            source.execute(OTHER_KEY, "INSERT INTO t VALUES (1, 2), (2, 2)");

            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining(
                            "the primary key of table \"public\".\"t\" is now (tenant, id)")
                    .hasMessageContaining("(id)")
                    .hasMessageContaining("--reset")
                    .hasMessageContaining("key: [id]");
            assertThat(harness.sent()).hasSize(2);

            harness.restart(table(source, mode).build(), RestoreMode.RESET);
            harness.finishPolls(1);
            assertThat(harness.sent()).hasSize(6);
            assertThat(harness.position().key().columns()).containsExactly("tenant", "id");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDroppedPrimaryKeyStopsTheMappingUntilAUniqueIndexExists(
            Mode mode, @FreshDatabase Database source) throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(table(source, mode).build())) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t DROP CONSTRAINT t_pkey", "INSERT INTO t VALUES (3)");

            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("table \"public\".\"t\" has no primary key any more")
                    .hasMessageContaining("create a unique index on (id)");
            assertThat(harness.sent()).hasSize(2);

            source.execute("CREATE UNIQUE INDEX ON t (id)");
            harness.finishPolls(1);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMissingKeyColumnStopsTheMappingUntilItExistsAgain(
            Mode mode, @FreshDatabase Database source) throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(table(source, mode).build())) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t RENAME COLUMN id TO number");

            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("table \"public\".\"t\" has no column id any more")
                    .hasMessageContaining("the new key (number) and start with --reset")
                    .hasMessageNotContaining("key: [id]");

            source.execute("ALTER TABLE t RENAME COLUMN number TO id", "INSERT INTO t VALUES (3)");
            harness.finishPolls(1);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aViewThatReplacesTheTableNeedsNoIndex(Mode mode, @FreshDatabase Database source)
            throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(table(source, mode).build())) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t RENAME TO base", "CREATE VIEW t AS SELECT * FROM base");

            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("view \"public\".\"t\" has no primary key, as the table")
                    .hasMessageContaining("key: [id]")
                    .hasMessageNotContaining("index");
        }
    }

    @ParameterizedTest
    @EnumSource
    void continuesIfAnotherUniqueIndexCoversTheKey(Mode mode, @FreshDatabase Database source)
            throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(table(source, mode).build())) {
            harness.finishPolls(1);
            source.execute("CREATE UNIQUE INDEX ON t (id)", OTHER_KEY, "INSERT INTO t VALUES (3)");
            harness.finishPolls(1);

            assertThat(harness.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void continuesWithAPrimaryKeyOfFewerColumns(Mode mode, @FreshDatabase Database source)
            throws Exception {
        PipelineBuilder table = table(source, mode);
        source.execute(OTHER_KEY);
        try (SourceTestHarness harness = new SourceTestHarness(table.build())) {
            harness.finishPolls(1);
            source.execute(
                    "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id)",
                    "INSERT INTO t VALUES (3)");
            harness.finishPolls(1);

            assertThat(harness.cells(0)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAcceptedKeyOfTheFileReplacesTheOldKey(Mode mode, @FreshDatabase Database source)
            throws Exception {
        PipelineBuilder table = table(source, mode);
        try (SourceTestHarness harness = new SourceTestHarness(table.key("id").build())) {
            harness.finishPolls(1);
            source.execute(OTHER_KEY, "INSERT INTO t VALUES (1, 2), (2, 2)");
            harness.restart(table.key("tenant", "id").build(), RestoreMode.ACCEPT_CHANGE);
            harness.finishPolls(1);

            assertThat(harness.warnings()).isEmpty();
            assertThat(harness.position().key().columns()).containsExactly("tenant", "id");
            assertThat(harness.sent().subList(2, harness.sent().size()))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void anAcceptedKeyRestartsAnAbortedRead(@FreshDatabase Database source) throws Exception {
        PipelineBuilder table = table(source, Mode.WATERMARK).pageRows(4);
        source.execute("INSERT INTO t SELECT n FROM generate_series(3, 20) n");
        try (SourceTestHarness harness = new SourceTestHarness(table.key("id").build())) {
            while (harness.sent().size() < 9) {
                harness.step();
            }
            harness.restart(table.key("tenant", "id").build(), RestoreMode.ACCEPT_CHANGE);
            harness.finishPolls(1);

            assertThat(harness.position().key().columns()).containsExactly("tenant", "id");
            assertThat(harness.cells(0).stream().distinct()).hasSize(20);
        }
    }

    private static PipelineBuilder table(Database source, Mode mode) throws Exception {
        source.execute(
                "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, tenant int DEFAULT 1, at timestamptz DEFAULT clock_timestamp())",
                "INSERT INTO t SELECT n FROM generate_series(1, 2) n WHERE NOT EXISTS (SELECT FROM t)");
        PipelineBuilder table = PipelineBuilder.table(source, "t").polling();
        return mode == Mode.DIFF
                ? table.capture(new Capture.ByDiff(0.5))
                : table.watermark("at", TIMESTAMP);
    }
}
