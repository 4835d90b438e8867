package com.evolvishub.cdc.sink.failure;

import java.util.Objects;

/**
 * The destination refused a row because of other rows: those that are there, or those that are not
 * there yet. Later rows may cure that: the parent of a foreign key, or the version that gives a
 * unique value away.
 */
public final class ConstraintViolationException extends RowRejectedException {
    private static final long serialVersionUID = 1L;

    private final String constraint;

    /**
     * See the class.
     *
     * @param message with what would let such rows in, if there is something
     * @param constraint tells this constraint from all others of the destination
     */
    public ConstraintViolationException(String message, Throwable cause, String constraint) {
        super(message, cause);
        this.constraint = Objects.requireNonNull(constraint, "constraint");
    }

    /** Tells this constraint from all others of the destination. */
    public String constraint() {
        return constraint;
    }
}
