package com.evolvishub.cdc.source.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.schema.OversizedRowHandler;
import com.evolvishub.cdc.source.schema.RowLayout;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresSplitStateTest {

    private static final SqlType TEXT = new SqlType(25, "text", 'b', 'S');
    private static final RowSchema SCHEMA =
            new RowSchema(
                    List.of(
                            new Column("id", "id", TEXT, false),
                            new Column("at", "at", TEXT, false),
                            new Column("part", "part", TEXT, false)),
                    List.of(2, 1, 0));
    private static final RowLayout LAYOUT =
            new RowLayout(
                    SCHEMA, 1, new OversizedRowHandler(SCHEMA, RowSizeLimit.DEFAULT, false, true));

    @Test
    void resumesAfterTheLastRowByWatermarkAndRemainingKeyColumns() {
        PostgresSplitState state = new PostgresSplitState("at", reading());
        state.advanceTo(row("7\t10:00\tx"), true);
        state.advanceTo(row("8\t10:03\ta\\tb"), true);

        assertThat(state.toSplit().range().resume().values()).containsExactly("10:03", "a\tb", "8");
    }

    @Test
    void theEndOfAReadKeepsOnlyTheWatermark() {
        PostgresSplitState state = new PostgresSplitState("at", reading());
        state.advanceTo(row("8\t10:03\ta"), true);
        PostgresSplit ended = state.toSplit().completed(at("12:00"), 0);

        assertThat(ended.highWatermark()).isEqualTo(WatermarkPosition.at("10:03"));
        assertThat(ended.pollInProgress()).isFalse();
        assertThat(ended.lastSync()).isEqualTo("12:00");
    }

    @Test
    void anEmptyReadDoesNotMoveThePosition() {
        PostgresSplit before =
                new PostgresSplitState("at", reading()).toSplit().completed(at("12:00"), 0);

        assertThat(before.highWatermark().isStart()).isTrue();
    }

    @Test
    void rowsThatAreReadAgainDoNotMoveThePosition() {
        PostgresSplitState state = new PostgresSplitState("at", reading());
        state.advanceTo(row("8\t10:03\ta"), true);
        PostgresSplit complete = state.toSplit().completed(at("12:00"), 0);
        PostgresSplitState again =
                new PostgresSplitState(
                        "at",
                        complete.started(
                                complete.key(),
                                PollRange.from(WatermarkPosition.at("9:53"), true),
                                TransactionTracker.NONE,
                                LookbackWindow.NONE));
        again.advanceTo(row("7\t10:00\tx"), false);
        PostgresSplit ended = again.toSplit().completed(at("12:01"), 0);

        assertThat(again.toSplit().range().resume().values()).containsExactly("10:00", "x", "7");
        assertThat(ended.highWatermark()).isEqualTo(WatermarkPosition.at("10:03"));
        assertThat(ended.readAt()).isEqualTo("12:00");
        assertThat(ended.lastSync()).isEqualTo("12:01");
    }

    @Test
    void detectsARowWithTheKeyOfThePreviousRow() {
        row("7\t10:00\tx");
        assertThat(LAYOUT.repeatsKey()).isFalse();
        row("7\t10:00\tx");
        assertThat(LAYOUT.repeatsKey()).isTrue();
        row("7\t10:00\ty");
        assertThat(LAYOUT.repeatsKey()).isFalse();
    }

    @Test
    void skipsARowWithANullKey() {
        assertThat(LAYOUT.row("7\t10:00\t\\N".getBytes(UTF_8))).isEmpty();
        assertThat(LAYOUT.row("7\t10:00\t\\\\N".getBytes(UTF_8))).isPresent();
        assertThat(LAYOUT.row("7\t10:00\t".getBytes(UTF_8))).isPresent();
    }

    private static PostgresSplit reading() {
        return PostgresSplit.initial("a")
                .started(
                        new RowKey(RowKey.DecidedBy.SOURCE, List.of("part", "at", "id")),
                        PollRange.ALL,
                        TransactionTracker.NONE,
                        LookbackWindow.NONE);
    }

    private static ChangeRow row(String line) {
        return LAYOUT.row(line.getBytes(UTF_8)).orElseThrow();
    }

    private static TransactionSnapshot at(String time) {
        return new TransactionSnapshot(Instant.EPOCH, time, false, List.of());
    }
}
