package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.planner.physical.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: doubling up to five minutes, each a little off, so that not all wake at
 * once.
 */
final class BackOff {

    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final double JITTER = 0.1;

    private final Retry retry;
    private final RandomGenerator random;
    private int failures;

    BackOff(Retry retry, RandomGenerator random) {
        this.retry = retry;
        this.random = random;
    }

    /** Another failure; says how long to wait now. */
    Duration failed() {
        failures++;
        double doubled = (double) retry.delay().toMillis() * Math.pow(2, failures - 1);
        double millis = Math.min(doubled, (double) LONGEST.toMillis());
        return Duration.ofMillis((long) (millis * (1 + JITTER * (2 * random.nextDouble() - 1))));
    }

    /** Whether it failed more often in a row than the file allows. */
    boolean isExhausted() {
        return failures > retry.attempts();
    }

    boolean isTrying() {
        return failures > 0;
    }

    void succeeded() {
        failures = 0;
    }
}
