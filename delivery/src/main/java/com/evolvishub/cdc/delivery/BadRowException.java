package com.evolvishub.cdc.delivery;

/**
 * The destination refused a row of the batch for what is in it. Which row it was, delivery finds by
 * halving the batch.
 */
public class BadRowException extends DestinationException {
    private static final long serialVersionUID = 1L;

    public BadRowException(String message, Throwable cause) {
        super(message, cause);
    }
}
