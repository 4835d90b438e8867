package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Computes the delays between retries. The first is short, because most connection failures are
 * brief. Then comes the configured delay, doubled per retry up to {@code retry.attempts}, and after
 * that growing by a quarter, up to five minutes: so the end of an outage is detected after a
 * fraction of its duration. Used by one thread.
 */
final class DeliveryBackoff {

    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration MAX_DELAY = Duration.ofMinutes(5);

    private static final double GROWTH = 1.25;

    private final Duration delay;
    private final int attempts;
    private final RandomGenerator random;
    private int failures;

    DeliveryBackoff(RetryPolicy retry, RandomGenerator random) {
        this.delay = retry.delay();
        this.attempts = retry.attempts();
        this.random = random;
    }

    /**
     * Counts a failure and returns the delay until the next retry, with 20 % jitter so that
     * pipelines do not retry together.
     */
    Duration next() {
        Duration pause = failures == 0 ? min(FIRST_DELAY, delay) : grownDelay(failures - 1);
        failures++;
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(0.8, 1.2)));
    }

    private Duration grownDelay(int retries) {
        int doublings = Math.min(retries, Math.max(0, attempts - 1));
        double factor = Math.pow(2, doublings) * Math.pow(GROWTH, retries - doublings);
        double millis = Math.min((double) delay.toMillis() * factor, (double) MAX_DELAY.toMillis());
        return Duration.ofMillis((long) millis);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Whether more failures in a row occurred than the file allows. */
    boolean isExhausted() {
        return failures > attempts;
    }

    /** A request succeeded. */
    void reset() {
        failures = 0;
    }
}
