package com.evolvishub.cdc.capture.source;

import java.util.Objects;

/**
 * How far back polls have looked, and so how far back rows are remembered.
 *
 * @param lookbackMillis for times
 * @param lookbackValues for numbers
 * @param kept rows below this watermark were forgotten when a longer look-back was asked for; in
 *     query mode: the last_sync of the last poll that forgets; empty: none were
 */
record Reach(long lookbackMillis, long lookbackValues, String kept) {

    static final Reach NONE = new Reach(0, 0, "");

    Reach {
        Objects.requireNonNull(kept, "kept");
    }
}
