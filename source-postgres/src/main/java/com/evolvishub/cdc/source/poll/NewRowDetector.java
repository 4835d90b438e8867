package com.evolvishub.cdc.source.poll;

/** Where, among the rows of a poll, those begin that were never read before. */
enum NewRowDetector {
    /** With the first row. */
    ALL_NEW,
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
    boolean isNew(byte flag) {
        return this == ALL_NEW || flag == 't';
    }
}
