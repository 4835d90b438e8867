package com.evolvishub.cdc.source.watermark;

import java.util.Arrays;

/**
 * What all watermarks of a source are whole multiples of, as far as was seen. A value stands for
 * all that was written within its granule, so a tie may grow until that is over.
 */
public enum WatermarkGranularity {
    /** No value was looked at. */
    UNKNOWN(0, ""),
    /** Values are as fine as their type allows. */
    FINE(0, ""),
    SECOND(1, "second"),
    MINUTE(60, "minute"),
    HOUR(3600, "hour"),
    DAY(86_400, "day");

    private final long seconds;
    private final String unitName;

    WatermarkGranularity(long seconds, String word) {
        this.seconds = seconds;
        this.unitName = word;
    }

    public long seconds() {
        return seconds;
    }

    long micros() {
        return seconds * 1_000_000;
    }

    /** For people. */
    String unitName() {
        return unitName;
    }

    boolean isCoarse() {
        return seconds > 0;
    }

    /** The one of so many seconds. */
    static WatermarkGranularity ofSeconds(long seconds) {
        return Arrays.stream(values())
                .filter(one -> one != UNKNOWN && one.seconds == seconds)
                .findFirst()
                .orElse(FINE);
    }

    /** The finer of both; what is not known says nothing. */
    WatermarkGranularity finerOf(WatermarkGranularity other) {
        if (this == UNKNOWN || other == UNKNOWN) {
            return this == UNKNOWN ? other : this;
        }
        return seconds < other.seconds ? this : other;
    }
}
