package com.evolvishub.cdc.sink.failure;

import java.util.Objects;

/**
 * The destination rejected a row because of other rows that exist or do not exist yet. Later rows
 * may resolve that: the parent row of a foreign key, or the version that releases a unique value.
 */
public final class ConstraintViolationException extends RowRejectedException {
    private static final long serialVersionUID = 1L;

    private final String constraint;

    /**
     * Creates the exception.
     *
     * @param message with a remedy, if there is one
     * @param constraint identifies this constraint among all of the destination
     */
    public ConstraintViolationException(String message, Throwable cause, String constraint) {
        super(message, cause);
        this.constraint = Objects.requireNonNull(constraint, "constraint");
    }

    /** Identifies this constraint among all of the destination. */
    public String constraint() {
        return constraint;
    }
}
