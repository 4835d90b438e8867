package com.evolvishub.cdc.source.watermark;

import java.util.Arrays;

/**
 * The granularity of which all watermarks of a source are multiples, as far as was seen. A coarse
 * value covers all rows written within its unit of time, so a tie may grow until that has passed.
 */
public enum WatermarkGranularity {
    /** No value was read yet. */
    UNKNOWN(0, ""),
    /** Values are as fine as their type allows. */
    FINE(0, ""),
    SECOND(1, "second"),
    MINUTE(60, "minute"),
    HOUR(3600, "hour"),
    DAY(86_400, "day");

    private final long seconds;
    private final String unitName;

    WatermarkGranularity(long seconds, String unitName) {
        this.seconds = seconds;
        this.unitName = unitName;
    }

    public long seconds() {
        return seconds;
    }

    long micros() {
        return seconds * 1_000_000;
    }

    /** Human-readable unit. */
    String unitName() {
        return unitName;
    }

    boolean isCoarse() {
        return seconds > 0;
    }

    /** The granularity of this many seconds. */
    static WatermarkGranularity ofSeconds(long seconds) {
        return Arrays.stream(values())
                .filter(one -> one != UNKNOWN && one.seconds == seconds)
                .findFirst()
                .orElse(FINE);
    }

    /** The finer of both; an unknown one is ignored. */
    WatermarkGranularity finerOf(WatermarkGranularity other) {
        if (this == UNKNOWN || other == UNKNOWN) {
            return this == UNKNOWN ? other : this;
        }
        return seconds < other.seconds ? this : other;
    }
}
