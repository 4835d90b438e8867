package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** State written under another plan. */
class ChangedPlanITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String CHOICES =
            " of the mapping changed since its state was written, and a position in one means nothing in another. Undo the change; or start with --reset test to load anew, or with --accept-change test to go on from the position all the same";

    /** A change of the plan that makes the position invalid. */
    enum Change {
        SOURCE("source"),
        QUERY("source"),
        WATERMARK("watermark"),
        KEY("key"),
        MODE("watermark, capture"),
        DESTINATION("destination");

        private final String changedParts;

        Change(String changedParts) {
            this.changedParts = changedParts;
        }

        private Pipeline applied(Database source) {
            return switch (this) {
                case SOURCE -> watermark(PipelineBuilder.table(source, "u")).build();
                case QUERY ->
                        watermark(
                                        PipelineBuilder.query(
                                                source, new PollQuery.Text("SELECT * FROM t")))
                                .build();
                case WATERMARK ->
                        PipelineBuilder.table(source, "t")
                                .watermark("later", NullWatermarkPolicy.IGNORE)
                                .polling()
                                .build();
                case KEY -> watermark(PipelineBuilder.table(source, "t")).key("id", "at").build();
                case MODE -> PipelineBuilder.table(source, "t").polling().build();
                case DESTINATION ->
                        watermark(PipelineBuilder.table(source, "t")).into("elsewhere").build();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void isRejectedUntilItIsAccepted(Change change, @FreshDatabase Database source)
            throws Exception {
        fill(source);
        try (SourceTestHarness harness =
                new SourceTestHarness(watermark(PipelineBuilder.table(source, "t")).build())) {
            harness.finishPolls(2);
            harness.restart(change.applied(source), RestoreMode.RESUME);
            assertThat(harness.rejection())
                    .isEqualTo(MappingState.QUARANTINED + ": " + change.changedParts + CHOICES);
            assertThat(harness.rows()).hasSize(3);

            harness.restart(change.applied(source), RestoreMode.ACCEPT_CHANGE);
            harness.finishPolls(1);
            harness.takeCheckpoint();
            // an accepted change is part of the plan: the next start needs no option
            harness.restart(change.applied(source), RestoreMode.RESUME);
            harness.finishPolls(1);
            assertThat(harness.position().poll()).isEqualTo(4);
        }
    }

    @Test
    void resumesFromThePositionWhenAccepted(@FreshDatabase Database source) throws Exception {
        fill(source);
        Pipeline asQuery =
                watermark(
                                PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text(
                                                "SELECT id, at, later FROM t WHERE true")))
                        .key("id")
                        .build();
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        watermark(PipelineBuilder.table(source, "t")).key("id").build())) {
            harness.finishPolls(2);
            harness.restart(asQuery, RestoreMode.ACCEPT_CHANGE);
            source.execute("INSERT INTO t VALUES (4, now(), now())");
            harness.finishPolls(2);

            assertThat(ids(harness)).containsExactly("1", "2", "3", "4");
        }
    }

    @Test
    void resumesWhenNothingRelevantChanged(@FreshDatabase Database source) throws Exception {
        fill(source);
        try (SourceTestHarness harness =
                new SourceTestHarness(watermark(PipelineBuilder.table(source, "t")).build())) {
            harness.finishPolls(2);
            harness.restart(
                    watermark(PipelineBuilder.table(source, "t")).pageRows(1).build(),
                    RestoreMode.RESUME);
            harness.finishPolls(1);

            assertThat(ids(harness)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResetLoadsAgainOncePerRunAndPollNumbersContinue(
            boolean byWatermark, @FreshDatabase Database source) throws Exception {
        fill(source);
        PipelineBuilder builder = PipelineBuilder.table(source, "t");
        Pipeline pipeline = (byWatermark ? watermark(builder) : builder.polling()).build();
        try (SourceTestHarness harness = new SourceTestHarness(pipeline)) {
            harness.finishPolls(5);
            harness.restart(pipeline, RestoreMode.RESET);
            harness.finishPolls(1);
            assertThat(ids(harness)).containsExactlyInAnyOrder("1", "2", "3", "1", "2", "3");
            assertThat(harness.position().poll()).isEqualTo(6);

            harness.takeCheckpoint();
            harness.finishPolls(1);
            harness.crash();
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(6);
            assertThat(harness.position().poll()).isEqualTo(8);

            harness.restart(pipeline, RestoreMode.RESET);
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(9);
        }
    }

    @Test
    void aResetDeletesRowsThatAreDeletedAtTheSource(@FreshDatabase Database source)
            throws Exception {
        fill(source);
        Pipeline pipeline = PipelineBuilder.table(source, "t").key("id").polling().build();
        try (SourceTestHarness harness = new SourceTestHarness(pipeline)) {
            harness.finishPolls(2);
            harness.takeCheckpoint();
            source.execute("DELETE FROM t WHERE id = 2");
            harness.restart(pipeline, RestoreMode.RESET);
            harness.finishPolls(2);
            assertThat(harness.sent().subList(3, harness.sent().size()))
                    .extracting(ChangeRow::operation)
                    .containsExactlyInAnyOrder(
                            Operation.UPDATE, Operation.UPDATE, Operation.DELETE);
        }
    }

    @Test
    void aResetWithAnotherKeyDeletesNoRowByTheOldKey(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, number int UNIQUE)",
                "INSERT INTO t VALUES (1, 10), (2, 20), (10, 1)");
        Pipeline byId = PipelineBuilder.table(source, "t").key("id").polling().build();
        Pipeline byNumber = PipelineBuilder.table(source, "t").key("number").polling().build();
        try (SourceTestHarness harness = new SourceTestHarness(byId)) {
            harness.finishPolls(2);
            harness.restart(byNumber, RestoreMode.RESET);
            harness.finishPolls(2);
            assertThat(harness.sent().subList(3, harness.sent().size()))
                    .extracting(ChangeRow::operation)
                    .containsExactly(Operation.INSERT, Operation.INSERT, Operation.INSERT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint"})
    void aChangedLookbackDuplicatesNoRow(String type, @FreshDatabase Database source)
            throws Exception {
        String value = type.equals("bigint") ? "n" : "now() - interval '1 h' + n * interval '1 s'";
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO t SELECT n, " + value + " FROM generate_series(1, 2000) n");
        try (SourceTestHarness harness = new SourceTestHarness(withLookback(source, 5))) {
            harness.finishPolls(3);
            // one row per second: the lookback, and the minute that a clock may be set back
            assertThat(harness.dedupeStateRows()).isLessThan(80);
            harness.restart(withLookback(source, 1000), RestoreMode.RESUME);
            source.execute("INSERT INTO t SELECT 2001, max(at) FROM t");
            harness.finishPolls(3);
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(3);

            assertThat(ids(harness)).hasSize(2001).doesNotHaveDuplicates();
            harness.restart(withLookback(source, 1), RestoreMode.RESUME);
            harness.finishPolls(2);
            harness.restart(withLookback(source, 5000), RestoreMode.RESUME);
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(2001);
        }
    }

    private static Pipeline withLookback(Database source, int lookback) {
        return PipelineBuilder.table(source, "t")
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.TIMESTAMP,
                                "",
                                "UTC",
                                Duration.ofSeconds(lookback),
                                lookback,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .polling()
                .build();
    }

    private static PipelineBuilder watermark(PipelineBuilder builder) {
        return builder.watermark("at", NullWatermarkPolicy.IGNORE).polling();
    }

    private static void fill(Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, later timestamptz)",
                "CREATE TABLE u (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t SELECT n, now(), now() FROM generate_series(1, 3) n");
    }

    private static List<String> ids(SourceTestHarness harness) {
        return harness.cells(0);
    }
}
