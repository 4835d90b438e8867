package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;

/**
 * Stops a batch at a rejected row that later rows may make valid. All rows before it are done.
 *
 * @see ConstraintRetry
 */
public final class PostponedRowException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ChangeRow row;
    private final ConstraintViolationException rejection;

    PostponedRowException(ChangeRow row, ConstraintViolationException rejection) {
        super("postponed", rejection, false, false);
        this.row = row;
        this.rejection = rejection;
    }

    ChangeRow row() {
        return row;
    }

    ConstraintViolationException rejection() {
        return rejection;
    }
}
