package com.evolvishub.cdc.capture.source;

/** Where, among the rows of a poll, those begin that were never read before. */
enum Crossing {
    /** With the first row. */
    AT_ONCE,
    /** With the first row that the database says lies above: each has a boolean column for it. */
    FLAGGED;

    boolean isFlagged() {
        return this == FLAGGED;
    }

    /**
     * Whether a row lies beyond.
     *
     * @param flag what its boolean column says
     */
    boolean isBeyond(byte flag) {
        return this == AT_ONCE || flag == 't';
    }
}
