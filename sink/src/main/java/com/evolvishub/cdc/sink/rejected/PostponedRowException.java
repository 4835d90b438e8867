package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;

/**
 * Ends the work on a batch at a row that later rows may cure. All before it are dealt with.
 *
 * @see ConstraintRetry
 */
public final class PostponedRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ChangeRow row;
    private final ConstraintViolationException rejection;

    PostponedRowException(ChangeRow row, ConstraintViolationException refusal) {
        super("postponed", refusal, false, false);
        this.row = row;
        this.rejection = refusal;
    }

    ChangeRow row() {
        return row;
    }

    ConstraintViolationException rejection() {
        return rejection;
    }
}
