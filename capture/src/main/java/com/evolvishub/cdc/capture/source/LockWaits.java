package com.evolvishub.cdc.capture.source;

import java.time.Duration;
import java.time.Instant;

/**
 * Pauses between tries at a source that somebody has locked. That is no failure: it counts against
 * no limit and is told only when it lasts.
 */
final class LockWaits {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration UNTIL_TOLD = Duration.ofMillis(500);

    private Instant since;
    private Duration pause = SHORTEST;

    /** A poll has met a lock; says how long to wait until the next one is tried. */
    Duration met(Instant now) {
        if (since == null) {
            since = now;
        } else {
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
        return pause;
    }

    /** Whether it lasts so long that people should know. */
    boolean isToBeTold(Instant now) {
        return since != null && !now.isBefore(since.plus(UNTIL_TOLD));
    }

    /** A poll got through. */
    void over() {
        since = null;
        pause = SHORTEST;
    }
}
