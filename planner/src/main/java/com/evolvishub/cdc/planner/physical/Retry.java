package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How an outage is met: {@code delay} after the first failure, doubling up to five minutes.
 *
 * @param attempts failures in a row after which a mapping is shown as quarantined rather than
 *     retrying ({@code error_retry_attempts})
 * @param delay the first pause ({@code error_retry_delay})
 */
public record Retry(int attempts, Duration delay) implements Serializable {
    public Retry {
        Objects.requireNonNull(delay, "delay");
    }
}
