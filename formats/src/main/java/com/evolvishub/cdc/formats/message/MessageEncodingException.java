package com.evolvishub.cdc.formats.message;

/** Thrown for a row that cannot be encoded in the configured format. */
public final class MessageEncodingException extends Exception {
    private static final long serialVersionUID = 1L;

    public MessageEncodingException(String message, Throwable cause) {
        super(message, cause);
    }

    public MessageEncodingException(String message) {
        super(message);
    }
}
