package com.evolvishub.cdc.source.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QuarantineBackoffTest {

    private final QuarantineBackoff backoff = new QuarantineBackoff();

    @Test
    void startsWithSecondsAndDoublesUpToFiveMinutes() {
        Exception missing = new SQLException("no such table", "42P01");
        assertThat(Stream.generate(() -> backoff.failed(missing)).limit(8))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        backoff.succeeded();
        assertThat(backoff.failed(missing)).hasSeconds(5);
    }

    @Test
    void retriesARejectedLoginAfterFiveMinutes() {
        Exception login = new IllegalStateException(new SQLException("wrong password", "28P01"));
        assertThat(backoff.failed(login)).hasMinutes(5);
        assertThat(backoff.failed(login)).hasMinutes(5);
    }
}
