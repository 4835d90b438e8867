package com.evolvishub.cdc.capture.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.Retention;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void nothingIsForgottenWhileSomethingMayComeFromTheStart() {
        Memory memory = Memory.EMPTY.reaching(1000);

        assertThat(memory.forgetBelow(asked(true, Retention.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void theWindowReachesBackFromTheHighestAndFloorsFurther() {
        Memory memory = Memory.EMPTY.reaching(1000).reaching(900);

        assertThat(memory.forgetBelow(asked(false, Retention.NONE, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
        assertThat(memory.forgetBelow(asked(false, 40, 1, 5), WatermarkScale.NUMBER)).isEqualTo(40);
        assertThat(memory.forgetBelow(asked(false, 999, 1, 5), WatermarkScale.NUMBER))
                .isEqualTo(995);
    }

    @Test
    void theWindowEndsWhereNumbersEnd() {
        assertThat(
                        Memory.EMPTY.forgetBelow(
                                asked(false, Retention.NONE, 1, 5), WatermarkScale.TIME))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void withoutDistancesTheHighestTieIsKeptAndTiesSinceTheFloorsPoll() {
        Memory memory = Memory.EMPTY.beginning(1);
        memory = passing(memory, "a", "a", "b").beginning(2);
        memory = passing(memory, "c", "c").beginning(3);
        memory = passing(memory, "d");

        assertThat(memory.tie()).isEqualTo(4);
        assertThat(memory.forgetBelow(polls(Retention.NONE), WatermarkScale.NONE)).isEqualTo(4);
        assertThat(memory.forgetBelow(polls(3), WatermarkScale.NONE)).isEqualTo(3);
        assertThat(memory.forgetBelow(polls(2), WatermarkScale.NONE)).isEqualTo(2);
        assertThat(memory.forgetBelow(polls(1), WatermarkScale.NONE)).isZero();
    }

    @Test
    void pollsBeforeTheFloorsAreLetGoButTheOneItBeganAt() {
        Memory memory = Memory.EMPTY.beginning(1).beginning(2).beginning(3).beginning(4);

        assertThat(memory.rememberingPollsFrom(3).polls())
                .extracting(Memory.Begun::poll)
                .containsExactly(3L, 4L);
        assertThat(memory.rememberingPollsFrom(Retention.NONE).polls())
                .extracting(Memory.Begun::poll)
                .containsExactly(4L);
        assertThat(memory.rememberingPollsFrom(0)).isSameAs(memory);
    }

    private static Memory passing(Memory memory, String... watermarks) {
        Memory passed = memory;
        for (String watermark : watermarks) {
            passed = passed.passing(watermark.getBytes(UTF_8));
        }
        return passed;
    }

    private static Retention asked(boolean everything, long floor, long floorPoll, long window) {
        return new Retention(9, "NUMBER", everything, floor, floorPoll, window);
    }

    private static Retention polls(long floorPoll) {
        return new Retention(9, "NONE", false, Retention.NONE, floorPoll, 0);
    }
}
