package com.evolvishub.cdc.source.split;

import java.util.Objects;

/**
 * How far back polls read again, and so how long rows are kept in the dedupe state.
 *
 * @param lookbackMillis for times
 * @param lookbackValues for numbers
 * @param notBelow rows below this watermark were evicted before the look-back was made longer; in
 *     query mode: the last_sync of the last poll that evicted rows; empty: no such bound
 */
public record LookbackWindow(long lookbackMillis, long lookbackValues, String notBelow) {

    static final LookbackWindow NONE = new LookbackWindow(0, 0, "");

    public LookbackWindow {
        Objects.requireNonNull(notBelow, "kept");
    }
}
