package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.RetryPolicy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: a short one first, because most losses of a connection are blips, then the
 * configured delay, doubling as often as the file allows failures, and growing by a quarter from
 * there on: so an outage that is over is noticed in a fraction of the time that it took. Used by
 * one thread.
 */
final class DeliveryBackoff {

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofMinutes(5);

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

    /** One more failure: how long to wait now, give or take a fifth so that lanes spread out. */
    Duration next() {
        Duration pause = failures == 0 ? min(FIRST, delay) : grown(failures - 1);
        failures++;
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(0.8, 1.2)));
    }

    private Duration grown(int times) {
        int doublings = Math.min(times, Math.max(0, attempts - 1));
        double factor = Math.pow(2, doublings) * Math.pow(GROWTH, times - doublings);
        double millis = Math.min((double) delay.toMillis() * factor, (double) LONGEST.toMillis());
        return Duration.ofMillis((long) millis);
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
