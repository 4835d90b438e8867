package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecheckScheduleTest {

    private final RecheckSchedule.Delays delays = RecheckSchedule.DEFAULT.newDelays();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        assertThat(Stream.generate(() -> delays.next(FailureKind.PERMANENT)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        delays.reset();
        assertThat(delays.next(FailureKind.PERMANENT)).hasSeconds(5);
    }

    @Test
    void waitsFiveMinutesAfterAFailedAuthentication() {
        assertThat(delays.next(FailureKind.AUTHENTICATION)).hasMinutes(5);
        assertThat(delays.next(FailureKind.AUTHENTICATION)).hasMinutes(5);
        assertThat(delays.next(FailureKind.PERMANENT)).hasSeconds(5);
    }
}
