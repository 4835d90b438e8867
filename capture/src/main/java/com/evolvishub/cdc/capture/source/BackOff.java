package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.planner.physical.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: doubling as often as the file allows failures, growing by a quarter from
 * there on, up to five minutes: so an outage that is over is noticed in a fraction of the time that
 * it took. Each is a little off, so that not all wake at once.
 */
final class BackOff {

    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final double JITTER = 0.1;
    private static final double GROWTH = 1.25;

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
        int doublings = Math.min(failures - 1, Math.max(0, retry.attempts() - 1));
        double factor = Math.pow(2, doublings) * Math.pow(GROWTH, failures - 1 - doublings);
        double millis =
                Math.min((double) retry.delay().toMillis() * factor, (double) LONGEST.toMillis());
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
