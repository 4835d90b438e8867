package com.evolvishub.cdc.source.poll;

/** Detects the high-watermark crossing: the first row of a poll that was never read before. */
enum NewRowDetector {
    /** All rows of the poll are new. */
    ALL_NEW,
    /** A boolean column of each row says whether the row lies above the high watermark. */
    FLAGGED;

    boolean isFlagged() {
        return this == FLAGGED;
    }

    /**
     * Whether a row lies above the high watermark.
     *
     * @param flag the value of the boolean column
     */
    boolean isNew(byte flag) {
        return this == ALL_NEW || flag == 't';
    }
}
