package com.evolvishub.cdc.sink.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeliveryBackoffTest {
    private final DeliveryBackoff backoff =
            new DeliveryBackoff(new RetryPolicy(3, Duration.ofSeconds(5)), new Random(1));

    @Test
    void detectsTheEndOfAnOutageAfterAFractionOfItsDuration() {
        Duration outage = Duration.ZERO;
        Duration longest = Duration.ZERO;
        while (outage.compareTo(Duration.ofHours(1)) < 0) {
            Duration delay = backoff.next();
            if (outage.compareTo(Duration.ofMinutes(2)) > 0) {
                assertThat(delay).isLessThan(outage.dividedBy(2));
            }
            longest = delay.compareTo(longest) > 0 ? delay : longest;
            outage = outage.plus(delay);
        }
        assertThat(longest).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
    }

    @Test
    void doublesTheDelayUpToTheConfiguredNumberOfAttempts() {
        assertThat(backoff.next()).isLessThan(Duration.ofSeconds(1));
        assertThat(backoff.next()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
        assertThat(backoff.next()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        assertThat(backoff.isExhausted()).isFalse();
        assertThat(backoff.next()).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(24));
        assertThat(backoff.isExhausted()).isTrue();

        backoff.reset();

        assertThat(backoff.next()).isLessThan(Duration.ofSeconds(1));
    }
}
