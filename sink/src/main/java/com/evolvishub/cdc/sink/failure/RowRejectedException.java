package com.evolvishub.cdc.sink.failure;

/**
 * The destination rejected a row of the batch because of its content. The caller finds the row by
 * halving the batch.
 */
public class RowRejectedException extends DestinationException {
    private static final long serialVersionUID = 1L;

    public RowRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
