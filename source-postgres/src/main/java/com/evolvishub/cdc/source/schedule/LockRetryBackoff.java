package com.evolvishub.cdc.source.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * Pauses between tries at a source that somebody has locked. That is no failure: it counts against
 * no limit and is told only when it lasts.
 */
public final class LockRetryBackoff {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration REPORT_AFTER = Duration.ofMillis(500);

    private Instant since;
    private Duration pause = SHORTEST;

    /** A poll has met a lock; says how long to wait until the next one is tried. */
    public Duration failed(Instant now) {
        if (since == null) {
            since = now;
        } else {
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
        return pause;
    }

    /** Whether it lasts so long that people should know. */
    public boolean shouldReport(Instant now) {
        return since != null && !now.isBefore(since.plus(REPORT_AFTER));
    }

    /** A poll got through. */
    public void succeeded() {
        since = null;
        pause = SHORTEST;
    }
}
