package com.evolvishub.cdc.source.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QuarantineBackoffTest {

    private final QuarantineBackoff pauses = new QuarantineBackoff();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        Exception missing = new SQLException("no such table", "42P01");
        assertThat(Stream.generate(() -> pauses.failed(missing)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        pauses.succeeded();
        assertThat(pauses.failed(missing)).hasSeconds(5);
    }

    @Test
    void doesNotTryARefusedLoginSoonerThanAfterFiveMinutes() {
        Exception login = new IllegalStateException(new SQLException("wrong password", "28P01"));
        assertThat(pauses.failed(login)).hasMinutes(5);
        assertThat(pauses.failed(login)).hasMinutes(5);
    }
}
