package com.evolvishub.cdc.sink.failure;

/** Whether a retry may succeed. */
public enum FailureKind {
    /** A retryable error such as an outage: retried with growing delays. */
    TRANSIENT,
    /**
     * A permanent error, action needed: tried again after 5 s, then with delays growing to 5
     * minutes.
     */
    PERMANENT,
    /** The authentication failed: tried again every 5 minutes, because servers lock accounts. */
    AUTHENTICATION
}
