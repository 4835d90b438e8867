package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecheckScheduleTest {

    private final RecheckSchedule.Delays pauses = RecheckSchedule.DEFAULT.newDelays();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        assertThat(Stream.generate(() -> pauses.next(FailureKind.PERMANENT)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        pauses.reset();
        assertThat(pauses.next(FailureKind.PERMANENT)).hasSeconds(5);
    }

    @Test
    void doesNotTryARefusedLoginSoonerThanAfterFiveMinutes() {
        assertThat(pauses.next(FailureKind.AUTHENTICATION)).hasMinutes(5);
        assertThat(pauses.next(FailureKind.AUTHENTICATION)).hasMinutes(5);
        assertThat(pauses.next(FailureKind.PERMANENT)).hasSeconds(5);
    }
}
