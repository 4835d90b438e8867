package com.evolvishub.cdc.sink.failure;

/** The destination cannot accept the rows of this mapping as it is; the message names a remedy. */
public class DestinationException extends Exception {
    private static final long serialVersionUID = 1L;

    public DestinationException(String message) {
        super(message);
    }

    public DestinationException(String message, Throwable cause) {
        super(message, cause);
    }
}
