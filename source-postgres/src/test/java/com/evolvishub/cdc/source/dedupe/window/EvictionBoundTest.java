package com.evolvishub.cdc.source.dedupe.window;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import org.junit.jupiter.api.Test;

class EvictionBoundTest {

    @Test
    void evictsNothingWhileRowsMayBeReadFromTheStart() {
        EvictionBound bound = EvictionBound.EMPTY.advanceTo(1000);

        assertThat(bound.evictBelow(window(true, DedupeWindow.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void keepsTheWindowBelowTheHighestAndRowsFromTheLowWatermark() {
        EvictionBound bound = EvictionBound.EMPTY.advanceTo(1000).advanceTo(900);

        assertThat(bound.evictBelow(window(false, DedupeWindow.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
        assertThat(bound.evictBelow(window(false, 40, 1, 5), WatermarkScale.NUMBER)).isEqualTo(40);
        assertThat(bound.evictBelow(window(false, 999, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
    }

    @Test
    void theWindowStopsAtTheSmallestNumber() {
        assertThat(
                        EvictionBound.EMPTY.evictBelow(
                                window(false, DedupeWindow.NONE, 1, 5), WatermarkScale.TIME))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void withoutDistancesKeepsTheHighestTieAndTiesSinceTheLowWatermarkPoll() {
        EvictionBound bound = EvictionBound.EMPTY.startingPoll(1);
        bound = advancing(bound, "a", "a", "b").startingPoll(2);
        bound = advancing(bound, "c", "c").startingPoll(3);
        bound = advancing(bound, "d");

        assertThat(bound.tie()).isEqualTo(4);
        assertThat(bound.evictBelow(polls(DedupeWindow.NONE), WatermarkScale.NONE)).isEqualTo(4);
        assertThat(bound.evictBelow(polls(3), WatermarkScale.NONE)).isEqualTo(3);
        assertThat(bound.evictBelow(polls(2), WatermarkScale.NONE)).isEqualTo(2);
        assertThat(bound.evictBelow(polls(1), WatermarkScale.NONE)).isZero();
    }

    @Test
    void discardsPollsBeforeTheLowWatermarkPoll() {
        EvictionBound bound =
                EvictionBound.EMPTY.startingPoll(1).startingPoll(2).startingPoll(3).startingPoll(4);

        assertThat(bound.rememberingPollsFrom(3).polls())
                .extracting(EvictionBound.PollStart::poll)
                .containsExactly(3L, 4L);
        assertThat(bound.rememberingPollsFrom(DedupeWindow.NONE).polls())
                .extracting(EvictionBound.PollStart::poll)
                .containsExactly(4L);
        assertThat(bound.rememberingPollsFrom(0)).isSameAs(bound);
    }

    private static EvictionBound advancing(EvictionBound bound, String... watermarks) {
        EvictionBound advanced = bound;
        for (String watermark : watermarks) {
            advanced = advanced.advanceTie(watermark.getBytes(UTF_8));
        }
        return advanced;
    }

    private static DedupeWindow window(
            boolean keepAll, long lowWatermark, long lowWatermarkPoll, long distance) {
        return new DedupeWindow(9, "NUMBER", keepAll, lowWatermark, lowWatermarkPoll, distance);
    }

    private static DedupeWindow polls(long lowWatermarkPoll) {
        return new DedupeWindow(9, "NONE", false, DedupeWindow.NONE, lowWatermarkPoll, 0);
    }
}
