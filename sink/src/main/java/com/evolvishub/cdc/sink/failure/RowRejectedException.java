package com.evolvishub.cdc.sink.failure;

/**
 * The destination refused a row of the batch for what is in it. Which row it was, delivery finds by
 * halving the batch.
 */
public class RowRejectedException extends DestinationException {
    private static final long serialVersionUID = 1L;

    public RowRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
