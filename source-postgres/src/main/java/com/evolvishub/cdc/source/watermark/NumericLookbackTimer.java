package com.evolvishub.cdc.source.watermark;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Says when a position at rest among numbers looks back all the same. A number may be taken from a
 * sequence and used much later, while no higher one comes; what the look-back shows again is
 * remembered at any time. Used by the polling thread.
 */
public final class NumericLookbackTimer {

    static final Duration EVERY = Duration.ofMinutes(10);

    private final Clock clock;
    private Instant last;

    public NumericLookbackTimer(Clock clock) {
        this.clock = clock;
        this.last = clock.instant();
    }

    /** Whether a poll is to look back that would not; counts as done then. */
    public boolean isDue(WatermarkScale scale, boolean atRest) {
        Instant now = clock.instant();
        boolean isOver = now.isBefore(last) || !now.isBefore(last.plus(EVERY));
        if (!atRest || isOver) {
            last = now;
        }
        return scale == WatermarkScale.NUMBER && atRest && isOver;
    }
}
