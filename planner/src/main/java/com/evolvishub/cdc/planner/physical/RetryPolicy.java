package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How retryable failures are retried. After an outage: first after {@code delay}, which doubles up
 * to five minutes. A row that a constraint of the destination rejects: until later rows satisfy the
 * constraint or {@code refusalWait} is over.
 *
 * @param attempts consecutive failures after which a mapping is shown as quarantined instead of
 *     retrying ({@code error_retry_attempts})
 * @param delay the first delay ({@code error_retry_delay})
 * @param refusalWait how long rows that a constraint rejects wait for later ones, once for each
 *     constraint ({@code refusal_wait}); unused for a source
 */
public record RetryPolicy(int attempts, Duration delay, Duration refusalWait)
        implements Serializable {

    private static final Duration REFUSAL_WAIT = Duration.ofMinutes(5);

    public RetryPolicy {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(refusalWait, "refusalWait");
    }

    /** With the default wait for rejected rows. */
    public RetryPolicy(int attempts, Duration delay) {
        this(attempts, delay, REFUSAL_WAIT);
    }

    /** This policy with another wait for rejected rows. */
    public RetryPolicy withRefusalWait(Duration wait) {
        return new RetryPolicy(attempts, delay, wait);
    }
}
