package com.evolvishub.cdc.source.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * Delays between attempts at a source that another session has locked. A lock conflict is no
 * failure: it does not count against a limit and is only reported when it lasts.
 */
public final class LockRetryBackoff {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration REPORT_AFTER = Duration.ofMillis(500);

    private Instant since;
    private Duration delay = SHORTEST;

    /** A poll met a lock; returns the delay until the next attempt. */
    public Duration failed(Instant now) {
        if (since == null) {
            since = now;
        } else {
            Duration doubled = delay.multipliedBy(2);
            delay = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
        return delay;
    }

    /** Whether the conflict has lasted long enough to be reported. */
    public boolean shouldReport(Instant now) {
        return since != null && !now.isBefore(since.plus(REPORT_AFTER));
    }

    /** A poll succeeded. */
    public void succeeded() {
        since = null;
        delay = SHORTEST;
    }
}
