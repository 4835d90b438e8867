package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.planner.physical.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: a short one first, because most losses of a connection are blips, then the
 * configured delay, doubling. Used by one thread.
 */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Duration delay;
    private final int attempts;
    private final RandomGenerator random;
    private int failures;

    Backoff(Retry retry, RandomGenerator random) {
        this.delay = retry.delay();
        this.attempts = retry.attempts();
        this.random = random;
    }

    /** One more failure: how long to wait now, give or take a fifth so that lanes spread out. */
    Duration next() {
        Duration pause = failures == 0 ? min(FIRST, delay) : doubled(failures - 1);
        failures++;
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(0.8, 1.2)));
    }

    private Duration doubled(int times) {
        // 2^20 times any delay that a file can name is beyond the longest pause
        return min(delay.multipliedBy(1L << Math.min(times, 20)), LONGEST);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Whether it failed more often in a row than the file allows an outage to. */
    boolean isExhausted() {
        return failures > attempts;
    }

    /** Something worked. */
    void reset() {
        failures = 0;
    }
}
