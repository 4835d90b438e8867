package com.evolvishub.cdc.source.split;

import java.util.Objects;

/**
 * How far back polls have looked, and so how far back rows are remembered.
 *
 * @param lookbackMillis for times
 * @param lookbackValues for numbers
 * @param kept rows below this watermark were forgotten when a longer look-back was asked for; in
 *     query mode: the last_sync of the last poll that forgets; empty: none were
 */
public record LookbackWindow(long lookbackMillis, long lookbackValues, String notBelow) {

    static final LookbackWindow NONE = new LookbackWindow(0, 0, "");

    public LookbackWindow {
        Objects.requireNonNull(notBelow, "kept");
    }
}
