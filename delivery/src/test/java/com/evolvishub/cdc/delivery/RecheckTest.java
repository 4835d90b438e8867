package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecheckTest {

    private final Recheck.Pauses pauses = Recheck.DEFAULT.pauses();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        assertThat(Stream.generate(() -> pauses.next(Failure.PERMANENT)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        pauses.reset();
        assertThat(pauses.next(Failure.PERMANENT)).hasSeconds(5);
    }

    @Test
    void doesNotTryARefusedLoginSoonerThanAfterFiveMinutes() {
        assertThat(pauses.next(Failure.AUTHENTICATION)).hasMinutes(5);
        assertThat(pauses.next(Failure.AUTHENTICATION)).hasMinutes(5);
        assertThat(pauses.next(Failure.PERMANENT)).hasSeconds(5);
    }
}
