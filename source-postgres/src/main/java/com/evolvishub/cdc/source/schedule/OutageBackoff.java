package com.evolvishub.cdc.source.schedule;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays between attempts after failures. They double for as many failures as the file allows, then
 * grow by a quarter, up to five minutes, so that the end of an outage is noticed in a fraction of
 * its duration. Each has a random jitter, so that mappings do not all retry at once.
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

    /** Records a failure and returns the delay until the next attempt. */
    public Duration failed() {
        failures++;
        int doublings = Math.min(failures - 1, Math.max(0, retry.attempts() - 1));
        double factor = Math.pow(2, doublings) * Math.pow(GROWTH, failures - 1 - doublings);
        double millis =
                Math.min((double) retry.delay().toMillis() * factor, (double) LONGEST.toMillis());
        return Duration.ofMillis((long) (millis * (1 + JITTER * (2 * random.nextDouble() - 1))));
    }

    /** Whether there were more failures in a row than the file allows. */
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
