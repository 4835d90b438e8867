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

/** State that was left by another plan. */
class ChangedPlanITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String CHOICES =
            " of the mapping changed since its state was written, and a position in one means nothing in another. Undo the change; or start with --reset test to load anew, or with --accept-change test to go on from the position all the same";

    /** Something that another position goes with. */
    enum Change {
        SOURCE("source"),
        QUERY("source"),
        WATERMARK("watermark"),
        KEY("key"),
        MODE("watermark, capture"),
        DESTINATION("destination");

        private final String told;

        Change(String told) {
            this.told = told;
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
    void isRefusedUntilItIsAccepted(Change change, @FreshDatabase Database source)
            throws Exception {
        fill(source);
        try (SourceTestHarness lane =
                new SourceTestHarness(watermark(PipelineBuilder.table(source, "t")).build())) {
            lane.finishPolls(2);
            lane.restart(change.applied(source), RestoreMode.RESUME);
            assertThat(lane.refused())
                    .isEqualTo(MappingState.QUARANTINED + ": " + change.told + CHOICES);
            assertThat(lane.rows()).hasSize(3);

            lane.restart(change.applied(source), RestoreMode.ACCEPT_CHANGE);
            lane.finishPolls(1);
            lane.takeCheckpoint();
            // once accepted it is the plan: the next start needs to say nothing
            lane.restart(change.applied(source), RestoreMode.RESUME);
            lane.finishPolls(1);
            assertThat(lane.position().poll()).isEqualTo(4);
        }
    }

    @Test
    void thatIsAcceptedGoesOnFromThePosition(@FreshDatabase Database source) throws Exception {
        fill(source);
        Pipeline wider =
                watermark(
                                PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text(
                                                "SELECT id, at, later FROM t WHERE true")))
                        .key("id")
                        .build();
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        watermark(PipelineBuilder.table(source, "t")).key("id").build())) {
            lane.finishPolls(2);
            lane.restart(wider, RestoreMode.ACCEPT_CHANGE);
            source.execute("INSERT INTO t VALUES (4, now(), now())");
            lane.finishPolls(2);

            assertThat(ids(lane)).containsExactly("1", "2", "3", "4");
        }
    }

    @Test
    void thatIsNoneGoesOn(@FreshDatabase Database source) throws Exception {
        fill(source);
        try (SourceTestHarness lane =
                new SourceTestHarness(watermark(PipelineBuilder.table(source, "t")).build())) {
            lane.finishPolls(2);
            lane.restart(
                    watermark(PipelineBuilder.table(source, "t")).pageRows(1).build(),
                    RestoreMode.RESUME);
            lane.finishPolls(1);

            assertThat(ids(lane)).containsExactly("1", "2", "3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResetLoadsAnewOnceARunAndPollsGoOnCounting(
            boolean byWatermark, @FreshDatabase Database source) throws Exception {
        fill(source);
        PipelineBuilder plan = PipelineBuilder.table(source, "t");
        Pipeline pipeline = (byWatermark ? watermark(plan) : plan.polling()).build();
        try (SourceTestHarness lane = new SourceTestHarness(pipeline)) {
            lane.finishPolls(5);
            lane.restart(pipeline, RestoreMode.RESET);
            lane.finishPolls(1);
            assertThat(ids(lane)).containsExactlyInAnyOrder("1", "2", "3", "1", "2", "3");
            assertThat(lane.position().poll()).isEqualTo(6);

            lane.takeCheckpoint();
            lane.finishPolls(1);
            lane.crash();
            lane.finishPolls(2);
            assertThat(lane.sent()).hasSize(6);
            assertThat(lane.position().poll()).isEqualTo(8);

            lane.restart(pipeline, RestoreMode.RESET);
            lane.finishPolls(2);
            assertThat(lane.sent()).hasSize(9);
        }
    }

    @Test
    void aResetDeletesWhatIsGoneFromTheSource(@FreshDatabase Database source) throws Exception {
        fill(source);
        Pipeline pipeline = PipelineBuilder.table(source, "t").key("id").polling().build();
        try (SourceTestHarness lane = new SourceTestHarness(pipeline)) {
            lane.finishPolls(2);
            lane.takeCheckpoint();
            source.execute("DELETE FROM t WHERE id = 2");
            lane.restart(pipeline, RestoreMode.RESET);
            lane.finishPolls(2);
            assertThat(lane.sent().subList(3, lane.sent().size()))
                    .extracting(ChangeRow::operation)
                    .containsExactlyInAnyOrder(
                            Operation.UPDATE, Operation.UPDATE, Operation.DELETE);
        }
    }

    @Test
    void aResetUnderAnotherKeyDeletesNothingByTheOldOne(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, number int UNIQUE)",
                "INSERT INTO t VALUES (1, 10), (2, 20), (10, 1)");
        Pipeline byId = PipelineBuilder.table(source, "t").key("id").polling().build();
        Pipeline byNumber = PipelineBuilder.table(source, "t").key("number").polling().build();
        try (SourceTestHarness lane = new SourceTestHarness(byId)) {
            lane.finishPolls(2);
            lane.restart(byNumber, RestoreMode.RESET);
            lane.finishPolls(2);
            assertThat(lane.sent().subList(3, lane.sent().size()))
                    .extracting(ChangeRow::operation)
                    .containsExactly(Operation.INSERT, Operation.INSERT, Operation.INSERT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint"})
    void ofTheLookBackDoublesNothing(String type, @FreshDatabase Database source) throws Exception {
        String value = type.equals("bigint") ? "n" : "now() - interval '1 h' + n * interval '1 s'";
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO t SELECT n, " + value + " FROM generate_series(1, 2000) n");
        try (SourceTestHarness lane = new SourceTestHarness(reaching(source, 5))) {
            lane.finishPolls(3);
            // a row a second: the look-back, and the minute that a clock may be set back
            assertThat(lane.remembered()).isLessThan(80);
            lane.restart(reaching(source, 1000), RestoreMode.RESUME);
            source.execute("INSERT INTO t SELECT 2001, max(at) FROM t");
            lane.finishPolls(3);
            lane.takeCheckpoint();
            lane.crash();
            lane.finishPolls(3);

            assertThat(ids(lane)).hasSize(2001).doesNotHaveDuplicates();
            lane.restart(reaching(source, 1), RestoreMode.RESUME);
            lane.finishPolls(2);
            lane.restart(reaching(source, 5000), RestoreMode.RESUME);
            lane.finishPolls(2);
            assertThat(lane.sent()).hasSize(2001);
        }
    }

    private static Pipeline reaching(Database source, int far) {
        return PipelineBuilder.table(source, "t")
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.TIMESTAMP,
                                "",
                                "UTC",
                                Duration.ofSeconds(far),
                                far,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .polling()
                .build();
    }

    private static PipelineBuilder watermark(PipelineBuilder plan) {
        return plan.watermark("at", NullWatermarkPolicy.IGNORE).polling();
    }

    private static void fill(Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, later timestamptz)",
                "CREATE TABLE u (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t SELECT n, now(), now() FROM generate_series(1, 3) n");
    }

    private static List<String> ids(SourceTestHarness lane) {
        return lane.cells(0);
    }
}
