package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RefusalPausesTest {

    private final RefusalPauses pauses = new RefusalPauses();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        Exception missing = new SQLException("no such table", "42P01");
        assertThat(Stream.generate(() -> pauses.refused(missing)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        pauses.succeeded();
        assertThat(pauses.refused(missing)).hasSeconds(5);
    }

    @Test
    void doesNotTryARefusedLoginSoonerThanAfterFiveMinutes() {
        Exception login = new IllegalStateException(new SQLException("wrong password", "28P01"));
        assertThat(pauses.refused(login)).hasMinutes(5);
        assertThat(pauses.refused(login)).hasMinutes(5);
    }
}
