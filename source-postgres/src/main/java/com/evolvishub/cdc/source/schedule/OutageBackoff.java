package com.evolvishub.cdc.source.schedule;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: doubling as often as the file allows failures, growing by a quarter from
 * there on, up to five minutes: so an outage that is over is noticed in a fraction of the time that
 * it took. Each is a little off, so that not all wake at once.
 */
public final class OutageBackoff {

    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final double JITTER = 0.1;
    private static final double GROWTH = 1.25;

    private final RetryPolicy retry;
    private final RandomGenerator random;
    private int failures;

    public OutageBackoff(RetryPolicy retry, RandomGenerator random) {
        this.retry = retry;
        this.random = random;
    }

    /** Another failure; says how long to wait now. */
    public Duration failed() {
        failures++;
        int doublings = Math.min(failures - 1, Math.max(0, retry.attempts() - 1));
        double factor = Math.pow(2, doublings) * Math.pow(GROWTH, failures - 1 - doublings);
        double millis =
                Math.min((double) retry.delay().toMillis() * factor, (double) LONGEST.toMillis());
        return Duration.ofMillis((long) (millis * (1 + JITTER * (2 * random.nextDouble() - 1))));
    }

    /** Whether it failed more often in a row than the file allows. */
    public boolean isExhausted() {
        return failures > retry.attempts();
    }

    public boolean isTrying() {
        return failures > 0;
    }

    public void succeeded() {
        failures = 0;
    }
}
