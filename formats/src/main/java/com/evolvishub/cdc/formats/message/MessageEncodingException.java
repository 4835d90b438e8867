package com.evolvishub.cdc.formats.message;

/** A row that cannot be said in the format asked for. */
public final class MessageEncodingException extends Exception {
    private static final long serialVersionUID = 1L;

    public MessageEncodingException(String message, Throwable cause) {
        super(message, cause);
    }

    public MessageEncodingException(String message) {
        super(message);
    }
}
