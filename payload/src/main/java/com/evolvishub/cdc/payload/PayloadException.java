package com.evolvishub.cdc.payload;

/** A row that cannot be said in the format asked for. */
public final class PayloadException extends Exception {
    private static final long serialVersionUID = 1L;

    public PayloadException(String message, Throwable cause) {
        super(message, cause);
    }

    public PayloadException(String message) {
        super(message);
    }
}
