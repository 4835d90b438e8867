package com.evolvishub.cdc.source.dedupe.window;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import org.junit.jupiter.api.Test;

class EvictionBoundTest {

    @Test
    void nothingIsForgottenWhileSomethingMayComeFromTheStart() {
        EvictionBound memory = EvictionBound.EMPTY.advanceTo(1000);

        assertThat(memory.evictBelow(asked(true, DedupeWindow.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void theWindowReachesBackFromTheHighestAndFloorsFurther() {
        EvictionBound memory = EvictionBound.EMPTY.advanceTo(1000).advanceTo(900);

        assertThat(memory.evictBelow(asked(false, DedupeWindow.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
        assertThat(memory.evictBelow(asked(false, 40, 1, 5), WatermarkScale.NUMBER)).isEqualTo(40);
        assertThat(memory.evictBelow(asked(false, 999, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
    }

    @Test
    void theWindowEndsWhereNumbersEnd() {
        assertThat(
                        EvictionBound.EMPTY.evictBelow(
                                asked(false, DedupeWindow.NONE, 1, 5), WatermarkScale.TIME))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void withoutDistancesTheHighestTieIsKeptAndTiesSinceTheFloorsPoll() {
        EvictionBound memory = EvictionBound.EMPTY.startingPoll(1);
        memory = passing(memory, "a", "a", "b").startingPoll(2);
        memory = passing(memory, "c", "c").startingPoll(3);
        memory = passing(memory, "d");

        assertThat(memory.tie()).isEqualTo(4);
        assertThat(memory.evictBelow(polls(DedupeWindow.NONE), WatermarkScale.NONE)).isEqualTo(4);
        assertThat(memory.evictBelow(polls(3), WatermarkScale.NONE)).isEqualTo(3);
        assertThat(memory.evictBelow(polls(2), WatermarkScale.NONE)).isEqualTo(2);
        assertThat(memory.evictBelow(polls(1), WatermarkScale.NONE)).isZero();
    }

    @Test
    void pollsBeforeTheFloorsAreLetGoButTheOneItBeganAt() {
        EvictionBound memory =
                EvictionBound.EMPTY.startingPoll(1).startingPoll(2).startingPoll(3).startingPoll(4);

        assertThat(memory.rememberingPollsFrom(3).polls())
                .extracting(EvictionBound.PollStart::poll)
                .containsExactly(3L, 4L);
        assertThat(memory.rememberingPollsFrom(DedupeWindow.NONE).polls())
                .extracting(EvictionBound.PollStart::poll)
                .containsExactly(4L);
        assertThat(memory.rememberingPollsFrom(0)).isSameAs(memory);
    }

    private static EvictionBound passing(EvictionBound memory, String... watermarks) {
        EvictionBound passed = memory;
        for (String watermark : watermarks) {
            passed = passed.advanceTie(watermark.getBytes(UTF_8));
        }
        return passed;
    }

    private static DedupeWindow asked(boolean everything, long floor, long floorPoll, long window) {
        return new DedupeWindow(9, "NUMBER", everything, floor, floorPoll, window);
    }

    private static DedupeWindow polls(long floorPoll) {
        return new DedupeWindow(9, "NONE", false, DedupeWindow.NONE, floorPoll, 0);
    }
}
