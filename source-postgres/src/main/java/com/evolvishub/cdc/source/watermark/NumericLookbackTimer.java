package com.evolvishub.cdc.source.watermark;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides when a settled position of a number is read again with its look-back. A number may be
 * taken from a sequence and committed much later while no higher one appears. The rows of the
 * look-back are always in the dedupe state. Used by the polling thread.
 */
public final class NumericLookbackTimer {

    static final Duration EVERY = Duration.ofMinutes(10);

    private final Clock clock;
    private Instant last;

    public NumericLookbackTimer(Clock clock) {
        this.clock = clock;
        this.last = clock.instant();
    }

    /**
     * Whether this poll must apply the look-back although its position is settled; restarts the
     * interval then.
     */
    public boolean isDue(WatermarkScale scale, boolean atRest) {
        Instant now = clock.instant();
        boolean intervalPassed = now.isBefore(last) || !now.isBefore(last.plus(EVERY));
        if (!atRest || intervalPassed) {
            last = now;
        }
        return scale == WatermarkScale.NUMBER && atRest && intervalPassed;
    }
}
