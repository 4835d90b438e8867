package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How failures are met that pass by themselves. An outage: {@code delay} after the first failure,
 * doubling up to five minutes. A row that a constraint of the destination refuses: until the rows
 * are there that cure it, or {@code refusalWait} is over.
 *
 * @param attempts failures in a row after which a mapping is shown as quarantined rather than
 *     retrying ({@code error_retry_attempts})
 * @param delay the first pause ({@code error_retry_delay})
 * @param refusalWait how long rows that a constraint refuses wait for later ones, once for each
 *     constraint ({@code refusal_wait}); of no meaning at a source
 */
public record RetryPolicy(int attempts, Duration delay, Duration refusalWait)
        implements Serializable {

    private static final Duration REFUSAL_WAIT = Duration.ofMinutes(5);

    public RetryPolicy {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(refusalWait, "refusalWait");
    }

    /** With the default wait for refused rows. */
    public RetryPolicy(int attempts, Duration delay) {
        this(attempts, delay, REFUSAL_WAIT);
    }

    /** The same with another wait for refused rows. */
    public RetryPolicy withRefusalWait(Duration wait) {
        return new RetryPolicy(attempts, delay, wait);
    }
}
