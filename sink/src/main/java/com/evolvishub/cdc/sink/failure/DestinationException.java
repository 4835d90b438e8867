package com.evolvishub.cdc.sink.failure;

/** The destination cannot take this mapping as it is; the message says what to do. */
public class DestinationException extends Exception {
    private static final long serialVersionUID = 1L;

    public DestinationException(String message) {
        super(message);
    }

    public DestinationException(String message, Throwable cause) {
        super(message, cause);
    }
}
