package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;

/**
 * Ends the work on a batch at a row that later rows may cure. All before it are dealt with.
 *
 * @see RefusedRows
 */
final class PostponedRow extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ChangeRow row;
    private final ConstraintViolationException refusal;

    PostponedRow(ChangeRow row, ConstraintViolationException refusal) {
        super("postponed", refusal, false, false);
        this.row = row;
        this.refusal = refusal;
    }

    ChangeRow row() {
        return row;
    }

    ConstraintViolationException refusal() {
        return refusal;
    }
}
