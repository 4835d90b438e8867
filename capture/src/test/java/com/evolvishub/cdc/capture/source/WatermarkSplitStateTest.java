package com.evolvishub.cdc.capture.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.RowLimit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatermarkSplitStateTest {

    private static final SqlType TEXT = new SqlType(25, "text", 'b', 'S');
    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            new Column("id", "id", TEXT, false),
                            new Column("at", "at", TEXT, false),
                            new Column("part", "part", TEXT, false)),
                    List.of(2, 1, 0));
    private static final RowLayout LAYOUT =
            new RowLayout(SCHEMA, 1, new LargeRows(SCHEMA, RowLimit.DEFAULT, false, true));

    @Test
    void standsBehindTheLastRowByWatermarkAndRestOfTheKey() {
        WatermarkSplitState state = new WatermarkSplitState("at", reading());
        state.advanceTo(row("7\t10:00\tx"), true);
        state.advanceTo(row("8\t10:03\ta\\tb"), true);

        assertThat(state.toSplit().range().resume().values()).containsExactly("10:03", "a\tb", "8");
    }

    @Test
    void atTheEndOfAReadOnlyTheWatermarkCounts() {
        WatermarkSplitState state = new WatermarkSplitState("at", reading());
        state.advanceTo(row("8\t10:03\ta"), true);
        WatermarkSplit ended = state.toSplit().completed(at("12:00"), 0);

        assertThat(ended.after()).isEqualTo(WatermarkPosition.at("10:03"));
        assertThat(ended.reading()).isFalse();
        assertThat(ended.lastSync()).isEqualTo("12:00");
    }

    @Test
    void anEmptyReadLeavesThePositionWhereItWas() {
        WatermarkSplit before =
                new WatermarkSplitState("at", reading()).toSplit().completed(at("12:00"), 0);

        assertThat(before.after().isStart()).isTrue();
    }

    @Test
    void rowsThatAreReadAgainLeaveThePositionWhereItWas() {
        WatermarkSplitState state = new WatermarkSplitState("at", reading());
        state.advanceTo(row("8\t10:03\ta"), true);
        WatermarkSplit level = state.toSplit().completed(at("12:00"), 0);
        WatermarkSplitState again =
                new WatermarkSplitState(
                        "at",
                        level.started(
                                level.key(),
                                PollRange.from(WatermarkPosition.at("9:53"), true),
                                Looks.NONE,
                                Reach.NONE));
        again.advanceTo(row("7\t10:00\tx"), false);
        WatermarkSplit ended = again.toSplit().completed(at("12:01"), 0);

        assertThat(again.toSplit().range().resume().values()).containsExactly("10:00", "x", "7");
        assertThat(ended.after()).isEqualTo(WatermarkPosition.at("10:03"));
        assertThat(ended.readAt()).isEqualTo("12:00");
        assertThat(ended.lastSync()).isEqualTo("12:01");
    }

    @Test
    void tellsARowThatRepeatsTheKeyOfTheOneBeforeIt() {
        row("7\t10:00\tx");
        assertThat(LAYOUT.repeatsKey()).isFalse();
        row("7\t10:00\tx");
        assertThat(LAYOUT.repeatsKey()).isTrue();
        row("7\t10:00\ty");
        assertThat(LAYOUT.repeatsKey()).isFalse();
    }

    @Test
    void aRowWithoutAKeyIsNone() {
        assertThat(LAYOUT.row("7\t10:00\t\\N".getBytes(UTF_8))).isEmpty();
        assertThat(LAYOUT.row("7\t10:00\t\\\\N".getBytes(UTF_8))).isPresent();
        assertThat(LAYOUT.row("7\t10:00\t".getBytes(UTF_8))).isPresent();
    }

    private static WatermarkSplit reading() {
        return WatermarkSplit.fresh("a")
                .started(
                        new RowKey(RowKey.From.SOURCE, List.of("part", "at", "id")),
                        PollRange.ALL,
                        Looks.NONE,
                        Reach.NONE);
    }

    private static ChangeRow row(String line) {
        return LAYOUT.row(line.getBytes(UTF_8)).orElseThrow();
    }

    private static Look at(String time) {
        return new Look(Instant.EPOCH, time, false, List.of());
    }
}
